"""Visits that are counted to other channels than when they came, and the touches of their leads with them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from leads.event_kinds import RECOUNTED
from leads.events import Agent, Entry, record
from leads.lifecycle import locked
from leads.models import BY_PERSON, Activity, Channel, LastTouch, Lead
from leads.signals import leads_changed
from lib.leave import leave

# The id of a channel, or None.
ChannelId = int | None


class Move(NamedTuple):
    """From one channel to another."""

    before: ChannelId
    after: ChannelId


@dataclass(slots=True)
class Recount:
    """What moves from where to where: activities, and the first and last touches of leads."""

    activities: Counter[Move] = field(default_factory=Counter)
    first_touches: Counter[Move] = field(default_factory=Counter)
    last_touches: Counter[Move] = field(default_factory=Counter)


class _Done(NamedTuple):
    pk: int
    at: datetime
    channel: ChannelId


@dataclass(slots=True)
class _Changes:
    """By key: the channels that activities, and the touches of leads, have afterwards."""

    activities: dict[int, ChannelId] = field(default_factory=dict)
    first: dict[int, ChannelId] = field(default_factory=dict)
    last: dict[int, ChannelId] = field(default_factory=dict)
    # How many activities of which lead.
    leads: Counter[int] = field(default_factory=Counter)
    recount: Recount = field(default_factory=Recount)


def preview_recount(channels: Mapping[int, ChannelId]) -> Recount:
    """What `recount` would do."""
    return _changes(channels).recount


@transaction.atomic
def recount(channels: Mapping[int, ChannelId], *, agent: Agent, now: datetime) -> Recount:
    """Counts activities, by id, to these channels.

    A touch follows the activity it was taken from; one that something else said stays. The leads are held, each has an
    event, and scoring is asked to look at them. Repeated it changes nothing.
    """
    leads = Activity.objects.filter(pk__among=channels).order_by().values_list("lead_id", flat=True)
    list(locked(sorted(set(leads))).values_list("pk"))
    changes = _changes(channels)
    if not changes.leads:
        return changes.recount
    for channel, ids in _by_channel(changes.activities):
        Activity.objects.filter(pk__among=ids).update(channel=channel)
    _write_first_touches(changes.first)
    for channel, ids in _by_channel(changes.last):
        LastTouch.objects.filter(lead__pk__among=ids).update(channel=channel)
    _tell(changes, agent=agent, now=now)
    return changes.recount


def _write_first_touches(channels: Mapping[int, ChannelId]) -> None:
    """Past the trigger that keeps first touches as they are (migrations/sql/first_touch.sql)."""
    with leave(recounting="on"):
        for channel, ids in _by_channel(channels):
            Lead.objects.filter(pk__among=ids).update(first_channel=channel)


def _tell(changes: _Changes, *, agent: Agent, now: datetime) -> None:
    lead_ids = sorted(changes.leads)
    entries = [
        Entry(
            lead_id=lead,
            kind=RECOUNTED,
            at=now,
            data={
                "activities": changes.leads[lead],
                "touches": [name for name, of in (("first", changes.first), ("last", changes.last)) if lead in of],
            },
        )
        for lead in lead_ids
    ]
    record(entries, agent=agent, now=now)
    leads_changed.send(sender=Lead, lead_ids=lead_ids, active_ids=set(), agent=agent, turn=agent.turn, now=now)


def _changes(channels: Mapping[int, ChannelId]) -> _Changes:
    changes = _Changes()
    moved = _moved(channels)
    for lead, done in moved.items():
        changes.leads[lead] = len(done)
        for one in done:
            changes.activities[one.pk] = channels[one.pk]
            changes.recount.activities[Move(one.channel, channels[one.pk])] += 1
    if moved:
        _first_touches(changes, moved, channels)
        _last_touches(changes, moved, channels)
    return changes


def _moved(channels: Mapping[int, ChannelId]) -> dict[int, list[_Done]]:
    """By lead: those of the activities that have another channel until now."""
    rows = Activity.objects.filter(pk__among=channels).order_by("lead_id", "occurred_at", "pk")
    moved: dict[int, list[_Done]] = defaultdict(list)
    for lead, pk, occurred_at, channel in rows.values_list("lead_id", "pk", "occurred_at", "channel_id"):
        done = _Done(pk, occurred_at, channel)
        if done.channel != channels[done.pk]:
            moved[lead].append(done)
    return moved


def _first_touches(
    changes: _Changes, moved: Mapping[int, Collection[_Done]], channels: Mapping[int, ChannelId]
) -> None:
    touches = Lead.objects.filter(pk__among=moved).values_list("pk", "first_touch_at", "first_channel_id")
    for lead, at, channel in touches:
        source = next((one for one in moved[lead] if (one.at, one.channel) == (at, channel)), None)
        if source is not None:
            changes.first[lead] = channels[source.pk]
            changes.recount.first_touches[Move(channel, channels[source.pk])] += 1


def _last_touches(changes: _Changes, moved: Mapping[int, Collection[_Done]], channels: Mapping[int, ChannelId]) -> None:
    """The channel of a last touch is that of the latest activity that has one."""
    rows = (
        Activity.objects.filter(Q(channel__isnull=False) | Q(pk__among=changes.activities))
        .filter(lead__pk__among=moved, machine__in=BY_PERSON)
        .order_by("lead_id", "occurred_at", "pk")
        .values_list("lead_id", "pk", "channel_id")
    )
    before: dict[int, ChannelId] = {}
    after: dict[int, ChannelId] = {}
    for lead, pk, channel in rows:
        before[lead] = channel or before.get(lead)
        after[lead] = changes.activities.get(pk, channel) or after.get(lead)
    for lead, channel in LastTouch.objects.filter(lead__pk__among=moved).values_list("lead_id", "channel_id"):
        if channel == before.get(lead) != after.get(lead):
            changes.last[lead] = after[lead]
            changes.recount.last_touches[Move(channel, after[lead])] += 1


def _by_channel(changes: Mapping[int, ChannelId]) -> Iterable[tuple[Channel | int | None, list[int]]]:
    ids: dict[ChannelId, list[int]] = defaultdict(list)
    for pk, channel in changes.items():
        ids[channel].append(pk)
    return ids.items()
