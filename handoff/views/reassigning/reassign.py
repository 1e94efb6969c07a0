"""Giving leads to somebody else, one or many: choose to whom, see what it means, and do it."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.access import may
from handoff.lifecycle.machine import TRANSITIONS
from handoff.models import Handoff
from handoff.routing.reassigning import Candidate, Outcome, candidates, reassign_many
from handoff.views.dialog import answered, is_in_dialog
from handoff.views.reassigning.confirmation import consequences
from handoff.views.reassigning.people import PersonForm
from lib import clock
from lib.moments import until_words
from lib.pages import page_or_part

MOST: Final = 200


class ReassignForm(PersonForm):
    """Of many leads at once; what that means is asked first."""

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, object] | None = None, *, people: Sequence[Candidate]) -> None:
        super().__init__(data, people=people)
        self.fields["to"].label = gettext_lazy("Who gets them")
        self.fields["to"].error_messages["required"] = gettext_lazy("Choose who gets them.")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SALES_MANAGER)
def reassign_page(request: SignedInRequest) -> HttpResponse:
    """GET: which leads, and to whom. POST: for several first what it means, then it is done."""
    now = clock.now()
    sent = request.POST if request.method == "POST" else request.GET
    handoffs = _handoffs(request, sent.getlist("handoff"))
    if not handoffs:
        return render(request, "handoff/reassigning/none.html", {"title": _("Give leads to somebody else")})
    holders = {handoff.assignee_id for handoff in handoffs}
    people = [each for each in candidates(now=now) if holders != {each.user.pk}]
    form = ReassignForm(request.POST if request.method == "POST" else None, people=people)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, handoffs, form, people, status=422 if form.is_bound else 200)
    to, text = form.chosen(), form.cleaned_data["text"]
    if len(handoffs) > 1 and not form.cleaned_data["confirmed"]:
        return _confirm(request, handoffs, to, text)
    seen = set(request.POST.getlist("held"))
    outcome = reassign_many(handoffs, seen=seen, to=to, actor=request.user, text=text, now=now)
    return _result(request, outcome, to, asked=handoffs)


def reassign_url(user: User, handoff: Handoff) -> str:
    """Where this person gives the lead to somebody else; empty when they may not, or nobody in sales holds it."""
    if handoff.state not in TRANSITIONS["reassign"].starts or not may(user, handoff, "manage"):
        return ""
    return f"{reverse('handoff:reassign')}?{urlencode({'handoff': str(handoff.public_id)})}"


def _handoffs(request: SignedInRequest, public_ids: Sequence[str]) -> list[Handoff]:
    """The handoffs the address names that this person may see, at most MOST, most urgent first."""
    ids = [public_id for public_id in map(_uuid, public_ids[:MOST]) if public_id]
    handoffs = Handoff.objects.visible_to(request.user).filter(public_id__in=ids)
    return list(handoffs.most_urgent_first().select_related("lead__company", "assignee"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _ask(
    request: SignedInRequest,
    handoffs: Sequence[Handoff],
    form: ReassignForm,
    people: Sequence[Candidate],
    *,
    status: int,
) -> HttpResponse:
    out = [
        _("%(rep)s is out until %(moment)s.")
        % {"rep": each.user, "moment": until_words(each.availability.out_until, "j F Y")}
        for each in people
        if each.availability and each.availability.out_until
    ]
    question = ngettext("Give %(count)d lead to somebody else", "Give %(count)d leads to somebody else", len(handoffs))
    context = {
        "title": question % {"count": len(handoffs)},
        "handoffs": handoffs,
        "form": form,
        "out": out,
        "cancel_url": _back(handoffs),
        "now": clock.now(),
        "in_dialog": is_in_dialog(request),
    }
    part = "handoff/reassigning/_reassign.html"
    return page_or_part(request, "handoff/reassigning/reassign.html", part, context, status=status)


def _confirm(request: SignedInRequest, handoffs: Sequence[Handoff], to: User, text: str) -> HttpResponse:
    context = {
        "title": _("Give these leads to %(rep)s?") % {"rep": to},
        "handoffs": handoffs,
        "to": to,
        "text": text,
        "consequences": consequences(handoffs, to),
        "action_label": ngettext("Give %(count)d lead to %(rep)s", "Give %(count)d leads to %(rep)s", len(handoffs))
        % {"count": len(handoffs), "rep": to},
        "cancel_url": _back(handoffs),
    }
    return render(request, "handoff/reassigning/confirm.html", context)


def _result(request: SignedInRequest, outcome: Outcome, to: User, *, asked: Sequence[Handoff]) -> HttpResponse:
    """On to where the leads were, or what could not be moved and why."""
    done = ""
    if outcome.moved:
        words = ngettext(
            "%(count)d lead was given to %(rep)s.", "%(count)d leads were given to %(rep)s.", len(outcome.moved)
        )
        done = words % {"count": len(outcome.moved), "rep": to}
    if not outcome.refused:
        messages.info(request, done)
        return answered() if is_in_dialog(request) else redirect(_back(asked))
    refused = len(outcome.refused)
    context = {
        "title": ngettext("%(count)d lead was not moved", "%(count)d leads were not moved", refused)
        % {"count": refused},
        "done": done,
        "refused": outcome.refused,
        "cancel_url": _back(asked),
        "in_dialog": is_in_dialog(request),
    }
    status = 200 if outcome.moved else 409
    part = "handoff/reassigning/_refused.html"
    response = page_or_part(request, "handoff/reassigning/result.html", part, context, status=status)
    return trigger_client_event(response, "queue-changed") if is_in_dialog(request) else response


def _back(handoffs: Sequence[Handoff]) -> str:
    """One lead: its page. Several of one person: what that person holds. Else the team."""
    holders = {handoff.assignee.public_id for handoff in handoffs if handoff.assignee}
    if len(handoffs) == 1:
        return reverse("handoff:detail", args=[handoffs[0].public_id])
    if len(holders) == 1:
        return reverse("handoff:team_person", args=[holders.pop()])
    return reverse("handoff:team")
