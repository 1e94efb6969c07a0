"""Marketing's own queue: leads to be checked before sales sees them, and leads that came back to be repaired."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING, MARKETING
from handoff.access import access_handoff
from handoff.lifecycle import transitions
from handoff.lifecycle.answers import LONGEST_TEXT
from handoff.models import Handoff, PassPolicy, Reason, State
from handoff.models.handoffs import HandoffQuerySet
from handoff.promotion import pass_policy
from handoff.views.queue.words import moment_words, top_reasons
from handoff.views.tabs import tabs
from leads.event_kinds import CHANGED
from leads.models import LeadEvent, Status
from lib import clock
from lib.page_sizes import TO_CHECK_ROWS
from lib.pages import page_of

SHOWN_TO_FIX: Final = 25
# So long a lead that came back with wrong data is shown as one to repair.
TO_FIX_FOR: Final = timedelta(days=90)


class ReviewForm(forms.Form):
    """What is done with the chosen leads; to take them back needs words."""

    chosen = forms.TypedMultipleChoiceField(
        coerce=uuid.UUID, error_messages={"required": gettext_lazy("Choose at least one lead.")}
    )
    action = forms.ChoiceField(choices=[("approve", ""), ("withdraw", "")])
    text = forms.CharField(
        label=gettext_lazy("Why they return to nurture"),
        help_text=gettext_lazy("Only needed for leads that return; whoever looks at them later reads it."),
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, waiting: HandoffQuerySet) -> None:
        super().__init__(data)
        ids = [str(public_id) for public_id in waiting.values_list("public_id", flat=True)] if data else []
        self.fields["chosen"].choices = [(one, one) for one in ids]  # type: ignore[attr-defined]
        self.fields["chosen"].error_messages["invalid_choice"] = _(
            "One of the leads is not to be checked any more. Look again, then choose."
        )

    def clean(self) -> dict[str, object]:
        """Words are needed to take leads back."""
        values = self.cleaned_data
        if values.get("action") == "withdraw" and "text" not in self.errors and not values.get("text"):
            self.add_error("text", _("Say why the leads return to nurture."))
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*MANAGING)
def review(request: SignedInRequest) -> HttpResponse:
    """Who is to be checked, most urgent first; POST passes the chosen ones to sales, or takes them back."""
    now = clock.now()
    if request.method != "POST":
        return _show(request, ReviewForm(waiting=to_check(request.user)), now=now)
    form = ReviewForm(request.POST, waiting=to_check(request.user))
    if not form.is_valid():
        return _show(request, form, now=now, status=422)
    done, refused = 0, list[str]()
    for public_id in form.cleaned_data["chosen"]:
        try:
            _carry_out(request, public_id, form.cleaned_data, now=now)
            done += 1
        except transitions.NotPossible as refusal:
            refused.append(str(refusal))
    _tell(request, form.cleaned_data["action"], done, refused, now=now)
    return redirect("handoff:review")


@require_safe
@role_required(*MANAGING)
def review_count(request: SignedInRequest) -> HttpResponse:
    """How many leads marketing has to check, as plain text; nothing when there are none, or for others."""
    count = to_check(request.user).count() if request.user.has_role(MARKETING) else 0
    return HttpResponse(str(count or ""), content_type="text/plain")


def to_check(user: User) -> HandoffQuerySet:
    """The handoffs in review that this person may see, the fast track first, then by marketing's promise."""
    waiting = Handoff.objects.visible_to(user).filter(state=State.IN_REVIEW)
    return waiting.order_by("-is_fast_track", "pass_by", "pk")


def to_fix(user: User, *, now: datetime) -> HandoffQuerySet:
    """What came back lately because its data was wrong, unless somebody has changed the lead since."""
    since = LeadEvent.objects.filter(lead=OuterRef("lead"), kind=CHANGED.key, at__gte=OuterRef("closed_at"))
    returned = Handoff.objects.visible_to(user).filter(
        reason__next_step=Reason.NextStep.FIX_DATA, closed_at__gt=now - TO_FIX_FOR, lead__status=Status.RECYCLED
    )
    return returned.exclude(Exists(since)).order_by("-closed_at", "-pk")


def _carry_out(request: SignedInRequest, public_id: uuid.UUID, values: dict[str, Any], *, now: datetime) -> None:
    handoff = access_handoff(request.user, public_id, to="review")
    if values["action"] == "approve":
        transitions.approve(handoff_id=handoff.pk, actor=request.user, now=now)
    else:
        transitions.withdraw(handoff_id=handoff.pk, actor=request.user, text=values["text"], now=now)


def _tell(request: SignedInRequest, action: str, done: int, refused: list[str], *, now: datetime) -> None:
    """What became of them, and of each that was somebody else's by then."""
    at = pass_policy.next_pass(PassPolicy.current(), now=now)
    if done and action == "approve" and at:
        words = ngettext(
            "%(count)d lead goes to sales at the next pass, %(when)s; the fast track goes at once.",
            "%(count)d leads go to sales at the next pass, %(when)s; the fast track goes at once.",
            done,
        )
        messages.info(request, words % {"count": done, "when": moment_words(at)})
    elif done and action == "approve":
        words = ngettext("%(count)d lead goes to sales.", "%(count)d leads go to sales.", done)
        messages.info(request, words % {"count": done})
    elif done:
        words = ngettext("%(count)d lead is back in nurture.", "%(count)d leads are back in nurture.", done)
        messages.info(request, words % {"count": done})
    for sentence in refused:
        messages.error(request, sentence)


def _show(request: SignedInRequest, form: ReviewForm, *, now: datetime, status: int = 200) -> HttpResponse:
    page = page_of(request, to_check(request.user).select_related("lead__company", "criteria"), TO_CHECK_ROWS)
    broken = list(to_fix(request.user, now=now).select_related("lead__company", "reason", "decided_by")[:SHOWN_TO_FIX])
    policy = PassPolicy.current()
    context = {
        "title": _("To check"),
        "tabs": tabs("review", request.user),
        "page": page,
        "rows": [(handoff, top_reasons(handoff.receipt)) for handoff in page],
        "chosen": set(form.data.getlist("chosen")) if form.is_bound else set(),  # type: ignore[attr-defined]
        "form": form,
        "to_fix": broken,
        "policy": policy,
        "checks_somebody": policy.checks != policy.Check.NOBODY,
        "now": now,
    }
    return render(request, "handoff/review/review.html", context, status=status)
