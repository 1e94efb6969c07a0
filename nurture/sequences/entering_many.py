"""Leads that were chosen in the list enter a sequence, one after the other, and all of them are taken out at once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from leads.correcting.fields import Plain
from leads.events import Agent
from leads.models import LeadEvent
from nurture.event_kinds import ENROLLED
from nurture.models import Enrolment, Sequence
from nurture.sequences.entering import NotRunning, enrol
from nurture.sequences.leaving import take_out


@transaction.atomic
def enrol_one(lead_id: int, values: Mapping[str, Plain], actor: User, now: datetime) -> int | None:
    """The lead enters the sequence that the values name. Returns the event; None where it does not enter."""
    sequence = Sequence.objects.filter(public_id=str(values["sequence"])).first()
    if sequence is None:
        return None
    try:
        entered = enrol(sequence.pk, [lead_id], how=Enrolment.How.BY_HAND, actor=actor, now=now)
    except NotRunning:
        return None
    if not entered.enrolments:
        return None
    events = LeadEvent.objects.filter(lead=lead_id, kind=ENROLLED.key).order_by("-pk")
    return events.values_list("pk", flat=True).first()


@transaction.atomic
def take_back(lead_id: int, event_id: int, actor: User, now: datetime) -> bool:
    """The lead leaves the sequence again; not where it left it since. What was done meanwhile stays."""
    data = LeadEvent.objects.values_list("data", flat=True).get(pk=event_id)
    inside = Enrolment.objects.open().filter(lead=lead_id, sequence__public_id=data["sequence"])
    enrolment_id = inside.values_list("pk", flat=True).first()
    return enrolment_id is not None and take_out(enrolment_id, agent=Agent(user=actor), now=now)
