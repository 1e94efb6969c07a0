"""A manager takes a returned lead back from nurture: to whom it goes, and it is passed."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ROLES
from handoff.access import access_handoff, may
from handoff.answers import LONGEST_TEXT
from handoff.deadlines.clock import deadlines
from handoff.models import Handoff
from handoff.passing import RETURNED, take_back
from handoff.refusals import NotPossible
from handoff.routing.reassigning import Candidate, candidates
from handoff.views.words import moment_words
from leads.models import Status


class TakeBackForm(forms.Form):
    """To whom, and why in words. Who is out cannot be chosen."""

    to = forms.TypedChoiceField(
        label=gettext_lazy("Who gets the lead"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose who gets the lead."),
            "invalid_choice": gettext_lazy("Choose one of the people in the list who are in."),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever looks at the lead later reads it. Leave it empty if there is nothing to say."),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )

    def __init__(self, data: Any = None, *, people: Sequence[Candidate]) -> None:
        super().__init__(data)
        self.people = {each.user.pk: each.user for each in people if each.may_be_chosen}
        choices = [(each.user.pk, _load_words(each)) for each in people if each.may_be_chosen]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> User:
        """Who it is; the form is valid."""
        return self.people[self.cleaned_data["to"]]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def take_back_page(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """GET asks to whom; POST passes the lead to them, or says why it cannot be taken back any more (409)."""
    now = timezone.now()
    handoff = access_handoff(request.user, public_id, to="manage")
    if request.method != "POST" and not may_be_taken_back(handoff):
        return redirect("handoff:detail", public_id)
    form = TakeBackForm(request.POST if request.method == "POST" else None, people=candidates(now=now))
    if request.method != "POST" or not form.is_valid():
        return _ask(request, handoff, form, now=now, status=422 if form.is_bound else 200)
    rep = form.chosen()
    try:
        passed = take_back(
            handoff_id=handoff.pk, actor=request.user, assignee=rep, text=form.cleaned_data["text"], now=now
        )
    except NotPossible as refusal:
        return _ask(request, handoff, form, now=now, status=409, refusal=str(refusal))
    told = _("%(lead)s is with %(rep)s, who has to answer by %(when)s.")
    messages.success(request, told % {"lead": handoff.lead.name, "rep": rep, "when": moment_words(passed.respond_by)})
    return redirect("handoff:detail", passed.public_id)


def take_back_url(user: User, handoff: Handoff) -> str:
    """Where this person takes the lead back; empty when they may not, or it cannot be."""
    if not may(user, handoff, "manage") or not may_be_taken_back(handoff):
        return ""
    return reverse("handoff:take_back", args=[handoff.public_id])


def may_be_taken_back(handoff: Handoff) -> bool:
    """Whether the lead was returned, is in nurture since, and has not gone on."""
    if handoff.state not in RETURNED or handoff.lead.status != Status.RECYCLED:
        return False
    return not handoff.lead.handoffs.filter(opened_at__gt=handoff.opened_at).exists()


def _ask(
    request: SignedInRequest, handoff: Handoff, form: TakeBackForm, *, now: datetime, status: int, refusal: str = ""
) -> HttpResponse:
    due = deadlines(handoff.policy, passed_at=now).respond_by
    consequences = [
        _("The lead leaves nurture at once, whatever time it was to rest."),
        _("It is passed by the rules of “%(policy)s”: an answer would be due by %(when)s.")
        % {"policy": handoff.policy, "when": moment_words(due)},
        _("What was before stays as it is and counts as it did."),
    ]
    context = {
        "title": _("Take %(lead)s back from nurture") % {"lead": handoff.lead.name},
        "handoff": handoff,
        "form": form,
        "consequences": consequences,
        "refusal": refusal,
        "is_nobody_in": not form.people,
    }
    return render(request, "handoff/take_back.html", context, status=status)


def _load_words(candidate: Candidate) -> str:
    """The person, with their load in quiet words."""
    if candidate.seat is None:
        words = _("sales manager")
    else:
        load = {"open": candidate.seat.open, "capacity": candidate.seat.capacity}
        words = _("%(open)d of %(capacity)d open") % load
    return format_html('<span>{} <span class="quiet">– {}</span></span>', candidate.user, words)
