"""The only door through which leads and activities come in: pages, API, imports and forms all call it.

One call is one transaction over a batch: every input is read once (leads/parsing.py), its lead is found by e-mail or
external id or started (leads/identity.py), each activity is recorded once (leads/activities.py), the first touch is
the earliest one known and the last the latest, and scoring is told which leads to look at.
"""

import uuid
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Final, ParamSpec, TypeVar

from django.db import DatabaseError, transaction

from leads.activities import known_messages, record_activities, types_in_use
from leads.event_kinds import CHANGED, CREATED, FIRST_TOUCH
from leads.events import Agent, Entry, record
from leads.identity import Match, People
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import ask
from leads.merging.lead_duplicates import PEOPLE, TELLING
from leads.models import ActivityType, Channel, Lead, Stage
from leads.normalise import Refusal
from leads.parsing import (
    Message,
    ParsedActivity,
    ParsedLead,
    Repetition,
    parse_activity,
    parse_identity,
    parse_lead,
    parse_message,
)
from leads.signals import leads_changed
from leads.touches import Touch
from lib.together import sent_together

__all__ = ["ActivityInput", "LeadInput", "Refusal", "Taken", "take_activities", "take_leads"]

ATTEMPTS: Final = 4
Results = list[Taken | Refusal]
P = ParamSpec("P")
T = TypeVar("T")


def take_leads(inputs: Sequence[LeadInput | ParsedLead], *, agent: Agent, now: datetime) -> Results:
    """Creates or updates one lead per input, read already or not. Returns what became of each, in their order.

    Of an input that cannot be used that is its Refusal; the others are stored. Callers pass at most some
    thousand inputs at a time; the call is its own transaction, or a part of the caller's.
    """
    return _retrying(lambda: _take_leads(inputs, agent=agent, now=now))


def take_activities(inputs: Sequence[ActivityInput], *, agent: Agent, source: str, now: datetime) -> Results:
    """Records each activity once per (source, message id), creating its lead where it is new.

    A repetition is a "duplicate" and changes nothing; another content under a known id is refused (id_conflict).
    """
    return _retrying(lambda: _take_activities(inputs, agent=agent, source=source, now=now))


def _take_leads(inputs: Sequence[LeadInput | ParsedLead], *, agent: Agent, now: datetime) -> Results:
    parsed = [one if isinstance(one, ParsedLead) else _or_refusal(parse_lead, one) for one in inputs]
    people = People([one for one in parsed if isinstance(one, ParsedLead)], now=now)
    matches = [one if isinstance(one, Refusal) else _match(one, people=people, now=now) for one in parsed]
    return _store(people, matches, agent=agent, now=now)


def _match(parsed: ParsedLead, *, people: People, now: datetime) -> Match | Refusal:
    at = parsed.created_at or now
    is_touch = parsed.channel or parsed.campaign or parsed.page
    is_dated = parsed.created_at is not None
    touch = Touch(at, parsed.channel, parsed.campaign, parsed.page, is_dated) if is_touch else None
    return _or_refusal(people.take, parsed, created_at=at, touch=touch)


def _take_activities(inputs: Sequence[ActivityInput], *, agent: Agent, source: str, now: datetime) -> Results:
    messages = [_or_refusal(parse_message, activity_input, source=source) for activity_input in inputs]
    known = known_messages(message for message in messages if isinstance(message, Message))
    types = types_in_use()
    parsed = [
        message if isinstance(message, Refusal) else _parsed(activity_input, message=message, known=known, types=types)
        for activity_input, message in zip(inputs, messages, strict=True)
    ]
    activities = [one for one in parsed if isinstance(one, ParsedActivity)]
    people = People(
        [activity.lead for activity in activities],
        activities=activities,
        identities=[one.identity for one in parsed if isinstance(one, Repetition)],
        now=now,
    )
    matches = record_activities(parsed, known=known, people=people, now=now)
    return _store(people, matches, agent=agent, now=now)


def _parsed(
    activity_input: ActivityInput, *, message: Message, known: Container[uuid.UUID], types: Mapping[str, ActivityType]
) -> ParsedActivity | Repetition | Refusal:
    """A message that is stored is not read once more: its lead alone is looked for."""
    if message.key in known:
        lead = activity_input.lead
        identity = _or_refusal(parse_identity, lead.email, lead.external_id, lead.system)
        return identity if isinstance(identity, Refusal) else Repetition(message, identity)
    return _or_refusal(parse_activity, activity_input, message=message, types=types)


def _store(people: People, matches: Sequence[Match | Refusal], *, agent: Agent, now: datetime) -> Results:
    """Writes what changed, the events and the work for scoring."""
    created, changed = people.save()
    record(
        [
            *(Entry(lead_id=lead.pk, kind=CREATED, at=lead.created_at, to_stage=Stage.LEAD) for lead in created),
            *(Entry(lead_id=lead.pk, kind=CHANGED, at=now, data={"fields": names}) for lead, names in changed),
            *_earlier_first_touches(people, now=now),
        ],
        agent=agent,
        now=now,
    )
    to_compare = {lead.pk for lead in created} | {lead.pk for lead, names in changed if not TELLING.isdisjoint(names)}
    if to_compare:
        ask(PEOPLE, to_compare, now=now)
    if people.joined:
        ask(COMPANIES, people.joined, now=now)
    touched = sorted(people.lead_ids_to_score())
    if touched:
        active = people.active_ids()
        leads_changed.send(sender=Lead, lead_ids=touched, active_ids=active, agent=agent, turn=agent.turn, now=now)
    return [match if isinstance(match, Refusal) else _taken(match) for match in matches]


def _taken(match: Match) -> Taken:
    lead = match.person.lead
    return Taken(lead.pk, lead.public_id, match.outcome)


def _earlier_first_touches(people: People, *, now: datetime) -> list[Entry]:
    """What each first touch was that moved back; nothing else keeps it."""
    before = people.first_touches_before()
    if not before:
        return []
    names = dict(Channel.objects.filter(pk__in={channel for _lead, _at, channel in before}).values_list("pk", "name"))
    return [
        Entry(
            lead_id=lead.pk,
            kind=FIRST_TOUCH,
            at=now,
            data={"was_at": at.isoformat(), "was_channel": names[channel] if channel else ""},
        )
        for lead, at, channel in before
    ]


def _or_refusal(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Refusal:
    try:
        return work(*args, **kwargs)
    except Refusal as refusal:
        return refusal


def _retrying(work: Callable[[], T]) -> T:
    """Runs the work in a transaction; once more when somebody else created the same lead or row order collided."""
    for _ in range(ATTEMPTS - 1):
        try:
            with transaction.atomic(), sent_together():
                return work()
        except DatabaseError as error:
            # A deadlock, a serialisation failure, or a lead or a message another sender stored meanwhile: doing it
            # again cures it.
            if getattr(error.__cause__, "sqlstate", "") not in ("40P01", "40001", "23505"):
                raise
    with transaction.atomic(), sent_together():
        return work()
