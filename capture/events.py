"""Takes events of the API as they were sent: what can be used goes through the door, the rest into quarantine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from capture.api.fields import read_activity
from capture.bursts import look_for_bursts
from capture.quarantine import keep
from capture.streams import Event, Stream, register
from capture.usable import take_usable
from leads.events import Agent
from leads.inputs import ActivityInput, Taken
from leads.intake import take_activities
from leads.normalise import Refusal


def take_events(
    events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime
) -> list[Taken | Refusal]:
    """Takes each event as of the moment it came. Returns what became of each, in order; the refused ones are kept."""
    results = take_each(events, agent=agent, source=source, system=system, now=now)
    keep(
        [(*event, item) for event, item in zip(events, results, strict=True) if isinstance(item, Refusal)],
        kind=EVENTS.key,
        source=source,
        system=system,
    )
    return results


def take_each(
    events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime
) -> list[Taken | Refusal]:
    """As `take_events`, but keeps none."""
    read = [_read(event, system=system, now=came_at) for event, came_at in events]
    good = [item for item in read if isinstance(item, ActivityInput)]
    outcomes = take_usable(good, lambda part: take_activities(part, agent=agent, source=source, now=now), field="event")
    look_for_bursts(good, outcomes, now=now)
    of_good = iter(outcomes)
    return [item if isinstance(item, Refusal) else next(of_good) for item in read]


EVENTS: Final = register(Stream(key="events", unfold=list, take=take_each))


def _read(event: object, *, system: str, now: datetime) -> ActivityInput | Refusal:
    try:
        return read_activity(event, system=system, now=now)
    except Refusal as refusal:
        return refusal
