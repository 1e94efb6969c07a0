"""Leads that were chosen in the list go to somebody else, one after the other, and all of them back at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import SALES_MANAGER, SALES_REP
from handoff.access import may
from handoff.event_kinds import REASSIGNED
from handoff.lifecycle.machine import TRANSITIONS, lock
from handoff.lifecycle.passing import reassign
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff
from handoff.routing.reassigning import held_by
from leads.correcting.fields import Plain
from leads.events import Agent
from leads.models import LeadEvent

MOVABLE: Final = TRANSITIONS["reassign"].starts


@transaction.atomic
def give(lead_id: int, values: Mapping[str, Plain], actor: User, now: datetime) -> int | None:
    """The lead is with the person the values name. Returns the event; None where it stays: nobody holds it any more,
    or somebody else than when it was chosen, or who asked may not, or who gets it has it, or has left.
    """
    to, holders = _holder(values["to"]), values["held"]
    handoff = Handoff.objects.visible_to(actor).filter(lead=lead_id, state__in=MOVABLE).first()
    if to is None or handoff is None or not may(actor, handoff, "manage"):
        return None
    _lead, handoff = lock(handoff.pk)
    if not isinstance(holders, list) or held_by(handoff) not in holders:
        return None
    try:
        reassign(handoff_id=handoff.pk, assignee=to, agent=Agent(user=actor), now=now, text=str(values["text"]))
    except NotPossible:
        return None
    return _given(lead_id)


@transaction.atomic
def give_back(lead_id: int, event_id: int, actor: User, now: datetime) -> bool:
    """Whoever held it before holds it again; not where somebody moved or decided it since, or who had it has left."""
    data = LeadEvent.objects.values_list("data", flat=True).get(pk=event_id)
    handoff = Handoff.objects.visible_to(actor).filter(public_id=data.get("handoff"), lead=lead_id).first()
    before = _holder(data.get("from"))
    if handoff is None or before is None or not may(actor, handoff, "manage"):
        return False
    _lead, handoff = lock(handoff.pk)
    if handoff.state not in MOVABLE or handoff.assignee_id != data.get("to") or _given(lead_id) != event_id:
        return False
    reassign(handoff_id=handoff.pk, assignee=before, agent=Agent(user=actor), now=now)
    return True


def _holder(key: object) -> User | None:
    """Somebody who is here and may hold a lead."""
    person = User.objects.filter(pk=key, is_active=True).first() if isinstance(key, int) else None
    return person if person and person.has_role(SALES_REP, SALES_MANAGER) else None


def _given(lead_id: int) -> int | None:
    """The last time the lead went to somebody else."""
    events = LeadEvent.objects.filter(lead=lead_id, kind=REASSIGNED.key).order_by("-pk")
    return events.values_list("pk", flat=True).first()
