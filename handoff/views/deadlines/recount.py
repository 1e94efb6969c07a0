"""Deadlines of leads that wait, counted anew after a policy or a calendar was changed: what it means, and doing it."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from handoff.deadlines.policy_words import policy_words
from handoff.deadlines.recount import Difference, differences, recount
from handoff.lifecycle.answers import LONGEST_TEXT
from handoff.views.deadlines.hold import DECIDERS
from lib import clock
from lib.numbers import number
from lib.widgets import TextArea

SHOWN: Final = 50


class RecountForm(forms.Form):
    """Which policy, what somebody has looked at, and why."""

    policy = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_TEXT,
        widget=TextArea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stands in the history of each lead."),
        error_messages={
            "required": gettext_lazy("Say why the deadlines are moved."),
            "max_length": gettext_lazy("Say it in at most %(limit_value)d characters."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*DECIDERS)
def deadlines_page(request: SignedInRequest) -> HttpResponse:
    """GET: each policy that would give leads another deadline. POST: they get it, unless it changed meanwhile (409)."""
    now = clock.now()
    policies = differences(now=now)
    if request.method != "POST":
        return _ask(request, policies)
    form = RecountForm(request.POST)
    chosen = next((each for each in policies if str(each.policy.pk) == request.POST.get("policy")), None)
    if chosen is None:
        messages.info(request, _("Nothing is left to move there: somebody was faster, or it was changed back."))
        return redirect("handoff:deadlines")
    if chosen.fingerprint != request.POST.get("seen"):
        return _ask(request, policies, RecountForm({**request.POST.dict(), "seen": chosen.fingerprint}), status=409)
    if not form.is_valid():
        return _ask(request, policies, form, status=422)
    moved = recount(chosen, actor=request.user, text=form.cleaned_data["text"], now=now)
    sentence = ngettext("%(count)s deadline was moved.", "%(count)s deadlines were moved.", moved)
    messages.success(request, sentence % {"count": number(moved)})
    return redirect("handoff:deadlines")


def _ask(
    request: SignedInRequest, policies: list[Difference], form: RecountForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "title": _("Deadlines counted anew"),
        "policies": [_shown(each, form) for each in policies],
        "has_changed": status == 409,
    }
    return render(request, "handoff/deadlines/recount.html", context, status=status)


def _shown(difference: Difference, form: RecountForm | None) -> dict[str, object]:
    """One policy with its form; what was filled in stays with the policy it was filled in for."""
    is_asked = form is not None and form.data.get("policy") == str(difference.policy.pk)
    initial = {"policy": difference.policy.pk, "seen": difference.fingerprint}
    count = len(difference.moves)
    return {
        "found": difference,
        "words": policy_words(difference.policy),
        "form": form if is_asked else RecountForm(initial=initial, auto_id=f"id_{difference.policy.pk}_%s"),
        "consequences": _consequences(difference),
        "action_label": ngettext("Move %(count)s deadline", "Move %(count)s deadlines", count)
        % {"count": number(count)},
        "rows": [*((each, True) for each in difference.moves), *((each, False) for each in difference.unmoved)][:SHOWN],
        "left_out": max(0, count + len(difference.unmoved) - SHOWN),
    }


def _consequences(difference: Difference) -> list[str]:
    later = sum(each.is_later for each in difference.moves)
    earlier = len(difference.moves) - later
    sentences = []
    if later:
        words = ngettext("%(count)s lead may be answered later.", "%(count)s leads may be answered later.", later)
        sentences.append(words % {"count": number(later)})
    if earlier:
        words = ngettext(
            "%(count)s lead has to be answered earlier.", "%(count)s leads have to be answered earlier.", earlier
        )
        sentences.append(words % {"count": number(earlier)})
    if difference.moves:
        sentences.append(
            _("Their reps are told, and each lead's history says who moved it, from when to when and why.")
        )
    if difference.unmoved:
        words = ngettext(
            "%(count)s lead keeps its deadline: by the new count its time would be over already.",
            "%(count)s leads keep their deadlines: by the new count their time would be over already.",
            len(difference.unmoved),
        )
        sentences.append(words % {"count": number(len(difference.unmoved))})
    return sentences
