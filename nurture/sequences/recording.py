"""What becomes of enrolments is recorded with their leads, and moves the leads' status with it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from leads import lifecycle
from leads.event_kinds import NURTURING
from leads.events import Agent, Entry, EventKind, record
from leads.models import Lead
from nurture.event_kinds import OVER, OVER_AGAIN, InSequence
from nurture.models import Enrolment


def record_all(enrolments: Iterable[Enrolment], kind: EventKind, *, agent: Agent, now: datetime) -> None:
    """The same event of each of these enrolments, read with their sequence."""
    record([Entry(lead_id=one.lead_id, kind=kind, at=now, data=_data(one)) for one in enrolments], agent=agent, now=now)


def begin_nurturing(leads: Sequence[Lead], *, agent: Agent, now: datetime) -> None:
    """These leads, which are held, are nurtured from now on, where they are neither with sales nor decided."""
    lifecycle.move_all(leads, NURTURING, agent=agent, now=now)


def end_nurturing(leads: Sequence[Lead], *, agent: Agent, now: datetime) -> None:
    """Those of these leads, which are held, that no sequence has any more stand where they stood before."""
    still = _in_a_sequence([lead.pk for lead in leads])
    over = [lead for lead in leads if lead.pk not in still and lead.erased_at is None]
    lifecycle.move_all([one for one in over if one.recycled_at is None], OVER, agent=agent, now=now)
    lifecycle.move_all([one for one in over if one.recycled_at], OVER_AGAIN, agent=agent, now=now)


def _in_a_sequence(lead_ids: Collection[int]) -> set[int]:
    return set(Enrolment.objects.open().filter(lead__in=lead_ids).values_list("lead_id", flat=True))


def _data(enrolment: Enrolment) -> InSequence:
    sequence = enrolment.sequence
    return {"sequence": str(sequence.public_id), "name": sequence.name, "reason": enrolment.reason}
