"""The only door through which leads and activities come in: pages, API, imports and forms all call it.

One call is one transaction over a batch. It finds or creates each lead by normalised e-mail or external id, records
each activity once, keeps the first touch and moves the last, and tells scoring which leads to look at.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from django.db import DatabaseError, transaction

from leads.activities import is_usable_activity, known_messages, message_key, record_activities, types_in_use
from leads.event_kinds import CHANGED, CREATED
from leads.events import Agent, Entry, record
from leads.identity import LostRace, People, Touch, is_usable
from leads.inputs import ActivityInput, LeadInput, Taken, repaired, repaired_activity
from leads.models import Lead
from leads.normalise import Refusal
from leads.signals import leads_changed

__all__ = ["ActivityInput", "LeadInput", "Refusal", "Taken", "take_activities", "take_leads"]

ATTEMPTS: Final = 4
Results = list[Taken | Refusal]
T = TypeVar("T")


def take_leads(inputs: Sequence[LeadInput], *, agent: Agent, now: datetime) -> Results:
    """Creates or updates one lead per input; answers in the order of the inputs.

    An input that cannot be used answers with its Refusal, the others are stored. Callers pass at most some
    thousand inputs at a time; the call is its own transaction, or a part of the caller's.
    """
    return _retrying(lambda: _take_leads(inputs, agent=agent, now=now))


def take_activities(inputs: Sequence[ActivityInput], *, agent: Agent, source: str, now: datetime) -> Results:
    """Records each activity once per (source, message id), creating its lead where it is new.

    A repetition answers "duplicate" and changes nothing; another content under a known id is refused (id_conflict).
    """
    return _retrying(lambda: _take_activities(inputs, agent=agent, source=source, now=now))


def _take_leads(inputs: Sequence[LeadInput], *, agent: Agent, now: datetime) -> Results:
    inputs = [repaired(given) for given in inputs]
    people = People([given for given in inputs if is_usable(given)], now=now)
    results: Results = []
    for given in inputs:
        at = given.created_at or now
        is_touch = given.channel or given.campaign or given.landing_page
        is_dated = given.created_at is not None
        touch = Touch(at, given.channel, given.campaign, given.landing_page, is_dated) if is_touch else None
        try:
            results.append(people.take(given, created_at=at, touch=touch))
        except Refusal as refusal:
            results.append(refusal)
    return _store(people, results, agent=agent, now=now)


def _take_activities(inputs: Sequence[ActivityInput], *, agent: Agent, source: str, now: datetime) -> Results:
    keys = [message_key(source, given.message_id) for given in inputs]
    known = known_messages(keys)
    inputs = [repaired_activity(given) for given in inputs]
    types = types_in_use()
    usable = [i for key, i in zip(keys, inputs, strict=True) if key in known or is_usable_activity(i, types)]
    people = People([given.lead for given in usable], now=now, activities=usable)
    results = record_activities(inputs, keys=keys, known=known, types=types, people=people, now=now)
    return _store(people, results, agent=agent, now=now)


def _store(people: People, results: Results, *, agent: Agent, now: datetime) -> Results:
    """Writes what changed, the events and the work for scoring; turns batch places into lead ids."""
    created, changed = people.save()
    record(
        [
            *(Entry(lead_id=lead.pk, kind=CREATED, at=lead.created_at, to_stage="lead") for lead in created),
            *(Entry(lead_id=lead.pk, kind=CHANGED, at=now, data={"fields": names}) for lead, names in changed),
        ],
        agent=agent,
        now=now,
    )
    touched = sorted(people.lead_ids_to_score())
    if touched:
        leads_changed.send(sender=Lead, lead_ids=touched, active_ids=people.active_ids(), now=now)
    return [
        Taken(people.lead_at(result.lead_id).pk, result.outcome) if isinstance(result, Taken) else result
        for result in results
    ]


def _retrying(work: Callable[[], T]) -> T:
    """Runs the work in a transaction; once more when somebody else created the same lead or row order collided."""
    for _ in range(ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return work()
        except LostRace:
            continue
        except DatabaseError as error:
            # A deadlock, a serialisation failure, or a message another sender stored meanwhile: doing it
            # again cures it.
            if getattr(error.__cause__, "sqlstate", "") not in ("40P01", "40001", "23505"):
                raise
    with transaction.atomic():
        return work()
