"""A manager takes a returned lead back from nurture: to whom it goes, and it is passed."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ROLES
from handoff.access import access_handoff, may
from handoff.deadlines.due_times import deadlines
from handoff.lifecycle.passing import take_back
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff
from handoff.routing.reassigning import candidates
from handoff.states import RETURNED
from handoff.views.queue.words import moment_words
from handoff.views.reassigning.people import PersonForm
from leads.models import Status
from lib import clock


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def take_back_page(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """GET asks to whom; POST passes the lead to them, or says why it cannot be taken back any more (409)."""
    now = clock.now()
    handoff = access_handoff(request.user, public_id, to="manage")
    if request.method != "POST" and not may_be_taken_back(handoff):
        return redirect("handoff:detail", public_id)
    form = PersonForm(request.POST if request.method == "POST" else None, people=candidates(now=now))
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
    """Whether the lead was returned, is in nurture since, has not gone on, and may be contacted."""
    lead = handoff.lead
    if handoff.state not in RETURNED or lead.status != Status.RECYCLED or lead.do_not_contact:
        return False
    return not handoff.lead.handoffs.filter(opened_at__gt=handoff.opened_at).exists()


def _ask(
    request: SignedInRequest, handoff: Handoff, form: PersonForm, *, now: datetime, status: int, refusal: str = ""
) -> HttpResponse:
    [due] = deadlines(handoff.policy, now)
    consequences = [
        _("The lead leaves nurture at once, whatever time it was to rest."),
        _("It is passed by the rules of “%(policy)s”: an answer would be due by %(when)s.")
        % {"policy": handoff.policy, "when": moment_words(due.respond_by)},
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
    return render(request, "handoff/reassigning/take_back.html", context, status=status)
