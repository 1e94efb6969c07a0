"""Correcting a lead, and taking a correction back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest
from leads.access import access_lead
from leads.correcting import leads
from leads.correcting.fields import Outdated, change_words, of_lead, undoable, undone_words
from leads.event_kinds import CHANGED
from leads.events import Agent
from leads.forms.lead import CorrectLeadForm
from leads.models import Lead, LeadEvent
from leads.normalise import Refusal
from lib import clock

may_write = require_http_methods(["GET", "HEAD", "POST"])


@may_write
@login_required
def lead_edit(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Corrects the details of a lead. What somebody else changed meanwhile is said (409), and nothing is stored."""
    lead = access_lead(request.user, public_id, to="edit")
    form = CorrectLeadForm(request.POST or None, lead=lead, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = leads.correct(
                lead_id=lead.pk,
                values=form.stated(),
                seen=form.seen,
                keeps_address=form.cleaned_data["keeps_address"],
                agent=Agent(user=request.user),
                now=clock.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        except Outdated as error:
            form.outdate(error, who=_who(lead, error))
            status = 409
        else:
            messages.info(request, _("The details changed.") if changed else _("Nothing was changed."))
            return redirect("leads:detail", lead.public_id)
    if form.errors and status == 200:
        status = 422
    context = {"title": _("Correct %(name)s") % {"name": lead.name}, "form": form, "lead": lead}
    return render(request, "leads/form.html", context, status=status)


@may_write
@login_required
def undo_correction(request: SignedInRequest, public_id: uuid.UUID, event_id: int) -> HttpResponse:
    """Says what would be as before (GET), and takes the correction back (POST)."""
    lead = access_lead(request.user, public_id, to="edit")
    event = get_object_or_404(LeadEvent, pk=event_id, lead=lead, kind=CHANGED.key, data__has_key="after")
    back = undoable(event.data, of_lead(lead))
    if request.method == "POST":
        try:
            undone, left = leads.undo(
                lead_id=lead.pk, event_id=event.pk, agent=Agent(user=request.user), now=clock.now()
            )
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.info(request, undone_words(undone, left))
        return redirect("leads:detail", lead.public_id)
    consequences = list(change_words({name: event.data["after"][name] for name in back}, back))
    context = {
        "title": _("Take a correction back"),
        "lead": lead,
        "text": "" if back else _("All of it was changed again since. Nothing is left to take back."),
        "consequences": consequences,
        "may_undo": bool(back),
    }
    return render(request, "leads/correcting/undo.html", context)


def _who(lead: Lead, error: Outdated) -> dict[str, str]:
    """Who changed what, by name."""
    changes = {name: leads.last_correction(lead, name) for name in error.current}
    return {name: str(event.actor or event.agent) for name, event in changes.items() if event}
