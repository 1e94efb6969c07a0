"""Whether a person or a program did something, decided by a person against what Baton took it for."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from leads import event_kinds
from leads.events import SYSTEM, Agent, Entry, record
from leads.lifecycle import locked
from leads.models import BY_PERSON, Activity, Lead, Machine
from leads.signals import leads_changed

MOST_AT_ONCE: Final = 1000


class TooMany(ValueError):
    """More activities at once than one decision should be about."""


@transaction.atomic
def decide(*, activity_ids: Sequence[int], by_person: bool, agent: Agent, now: datetime) -> int:
    """Says who did these activities. Returns how many were attributed to the other until now.

    Their leads are held, their scores are asked for, and each lead has an event that says how many. What a program
    did was no touch when it came in, and stays none. Raises TooMany.
    """
    if len(activity_ids) > MOST_AT_ONCE:
        raise TooMany
    lead_ids = Activity.objects.filter(pk__in=activity_ids).order_by().values_list("lead_id", flat=True)
    list(locked(sorted(set(lead_ids))).values_list("pk"))
    wrong = _taken_for_the_other(activity_ids, by_person=by_person)
    counts = Counter(wrong.values_list("lead_id", flat=True))
    if not counts:
        return 0
    wrong.update(machine=Machine.OVERRULED if by_person else Machine.DECIDED)
    kind = event_kinds.BY_PERSON if by_person else event_kinds.BY_PROGRAM
    entries = [Entry(lead_id=lead, kind=kind, at=now, data={"activities": counts[lead]}) for lead in sorted(counts)]
    record(entries, agent=agent, now=now)
    leads_changed.send(sender=Lead, lead_ids=sorted(counts), active_ids=set(counts), now=now)
    return counts.total()


@transaction.atomic
def found_program(*, activity_ids: Sequence[int], machine: Machine, now: datetime) -> int:
    """A program did these, as is seen only now; what a person has decided stays. Returns how many that changes.

    Their leads are held and their scores are asked for.
    """
    lead_ids = Activity.objects.filter(pk__in=activity_ids).order_by().values_list("lead_id", flat=True)
    list(locked(sorted(set(lead_ids))).values_list("pk"))
    taken_for_people = Activity.objects.filter(pk__in=activity_ids, machine=Machine.HUMAN).order_by()
    counts = Counter(taken_for_people.values_list("lead_id", flat=True))
    if not counts:
        return 0
    taken_for_people.update(machine=machine)
    kind = event_kinds.FOUND_PROGRAM
    entries = [Entry(lead_id=lead, kind=kind, at=now, data={"activities": counts[lead]}) for lead in sorted(counts)]
    record(entries, agent=SYSTEM, now=now)
    leads_changed.send(sender=Lead, lead_ids=sorted(counts), active_ids=set(), now=now)
    return counts.total()


def impact(activity_ids: Sequence[int], *, by_person: bool) -> tuple[int, int]:
    """How many of them such a decision would change, and of how many leads."""
    leads = list(_taken_for_the_other(activity_ids, by_person=by_person).values_list("lead_id", flat=True))
    return len(leads), len(set(leads))


def _taken_for_the_other(activity_ids: Sequence[int], *, by_person: bool) -> QuerySet[Activity]:
    # What was taken back was done by nobody.
    asked = Activity.objects.filter(pk__in=activity_ids).exclude(machine=Machine.TAKEN_BACK).order_by()
    return asked.exclude(machine__in=BY_PERSON) if by_person else asked.filter(machine__in=BY_PERSON)
