"""What a person does with one lead on its page: writing a note, leaving it alone, saying whom else it is."""

import uuid
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.roles import MANAGING
from leads.access import access_lead
from leads.correcting.leads import correct
from leads.event_kinds import NOTE
from leads.events import Agent, Entry, record
from leads.forms.note import NoteForm
from leads.merging.lead_duplicates import pair_of
from leads.models import Lead
from lib import clock

may_write = require_http_methods(["GET", "HEAD", "POST"])
ALIKE_SHOWN: Final = 10


@may_write
@login_required
def note(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks for a note (GET) and writes it (POST)."""
    lead, now = access_lead(request.user, public_id, to="edit"), clock.now()
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entry = Entry(lead_id=lead.pk, kind=NOTE, at=now, text=form.cleaned_data["text"])
        record([entry], agent=Agent(user=request.user), now=now)
        return redirect("leads:detail", lead.public_id)
    context = {"title": _("A note about %(name)s") % {"name": lead.name}, "form": form, "lead": lead}
    return render(request, "leads/acting/note.html", context, status=422 if form.errors else 200)


@may_write
@login_required
def leave_alone(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Says what it means that nobody contacts the lead, or that one may again (GET); does so (POST)."""
    lead = access_lead(request.user, public_id, to="edit")
    if request.method == "POST":
        wanted = {"do_not_contact": not lead.do_not_contact}
        correct(lead_id=lead.pk, values=wanted, agent=Agent(user=request.user), now=clock.now())
        words = (
            _("The lead may be contacted again.") if lead.do_not_contact else _("Nobody contacts the lead any more.")
        )
        messages.info(request, words)
        return redirect("leads:detail", lead.public_id)
    if lead.do_not_contact:
        question, label = _("May this lead be contacted again?"), _("Allow contact")
        consequences = [
            _("It can meet the criteria and go to sales, as every other lead."),
            _("Mail goes to it as far as its own consents allow."),
        ]
    else:
        question, label = _("Leave this lead alone?"), _("Do not contact")
        consequences = [
            _("It is not promoted and not written to, whatever it does."),
            _("What sales has of it stays with them, marked. They end it themselves."),
            _("What it does goes on being kept and scored. To forget the person, erase them."),
        ]
    context = {"title": question, "lead": lead, "consequences": consequences, "label": label}
    return render(request, "leads/acting/leave_alone.html", context)


@may_write
@role_required(*MANAGING)
def merge_with(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Looks for another record of the person (GET), and shows the two side by side (POST)."""
    lead, now = access_lead(request.user, public_id, to="edit"), clock.now()
    if request.method == "POST":
        other = get_object_or_404(Lead.objects.visible_to(request.user), ~Q(pk=lead.pk), public_id=_asked(request))
        return redirect("leads:duplicate", pair_of(lead, other, now=now).public_id)
    text = request.GET.get("q", "").strip()
    others = Lead.objects.visible_to(request.user).filter(erased_at=None).exclude(pk=lead.pk)
    context = {
        "title": _("Merge %(name)s with another record") % {"name": lead.name},
        "lead": lead,
        "text": text,
        "others": others.looked_for(text).select_related("company").order_by("-pk")[:ALIKE_SHOWN] if text else [],
    }
    return render(request, "leads/acting/merge_with.html", context)


def _asked(request: SignedInRequest) -> uuid.UUID:
    """The record that was chosen; one that nobody has where the form says none."""
    try:
        return uuid.UUID(request.POST.get("other", ""))
    except ValueError:
        return uuid.UUID(int=0)
