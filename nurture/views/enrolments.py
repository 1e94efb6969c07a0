"""Leads are put into sequences by hand and taken out: on their own page, or many from the list."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from leads.access import access_lead
from leads.bulk import changing
from leads.events import Agent
from leads.models import BulkChange
from leads.models.bulk_change import Doing
from lib import clock
from nurture.models import Enrolment, Sequence
from nurture.sequence_forms import ChooseSequenceForm
from nurture.sequences import entering, leaving
from nurture.sequences.entering import NotRunning
from nurture.views.lists import choice_of, choice_title

may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
@role_required(*EDITING)
def enrol(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """This lead enters a sequence, from its own page."""
    lead = access_lead(request.user, public_id)
    form = ChooseSequenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a sequence that is running."))
        return redirect("leads:detail", lead.public_id)
    sequence: Sequence = form.cleaned_data["sequence"]
    try:
        entered = _enrol(request, sequence, [lead.pk])
    except NotRunning:
        messages.error(request, _("“%(name)s” is not running any more.") % {"name": sequence.name})
        return redirect("leads:detail", lead.public_id)
    if entered.refused:
        words = _("The lead does not enter “%(name)s”: it %(why)s.")
        messages.error(request, words % {"name": sequence.name, "why": entered.refused[lead.pk]})
    return redirect("leads:detail", lead.public_id)


@require_POST
@role_required(*EDITING)
def take_out(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lead leaves the sequence before its end."""
    enrolment = get_object_or_404(Enrolment.objects.select_related("lead"), public_id=public_id)
    lead = access_lead(request.user, enrolment.lead.public_id)
    if not leaving.take_out(enrolment.pk, agent=Agent(user=request.user), now=clock.now()):
        messages.info(request, _("The lead had left it already."))
    return redirect("leads:detail", lead.public_id)


@never_cache
@may_write
@role_required(*EDITING)
def enrol_many(request: SignedInRequest, choice_id: uuid.UUID) -> HttpResponse:
    """The leads that were chosen in the list enter a sequence, one after the other; all are taken back at once."""
    choice: BulkChange = choice_of(request, choice_id)
    if choice.asked_at is not None:
        return redirect("leads:bulk", choice.public_id)
    form = ChooseSequenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"sequence": str(form.cleaned_data["sequence"].public_id)}
        changing.ask(choice, doing=Doing.ENROL, values=dict(values), clock=clock.now)
        return redirect("leads:bulk", choice.public_id)
    context = {"title": choice_title(choice), "form": form, "action": _("Put them into the sequence")}
    return render(request, "nurture/choice.html", context, status=422 if form.errors else 200)


def _enrol(request: SignedInRequest, sequence: Sequence, lead_ids: list[int]) -> entering.Entered:
    return entering.enrol(sequence.pk, lead_ids, how=Enrolment.How.BY_HAND, actor=request.user, now=clock.now())
