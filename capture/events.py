"""Takes events as they were sent: what can be used goes through the door, the rest into quarantine."""

from collections.abc import Sequence
from datetime import datetime

from capture.api.fields import read_activity
from capture.quarantine import keep
from capture.usable import take_usable
from leads.events import Agent
from leads.inputs import ActivityInput, Taken
from leads.intake import take_activities
from leads.normalise import Refusal

# An event as it was sent, and the moment it came.
Event = tuple[object, datetime]


def take_events(
    events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime
) -> list[Taken | Refusal]:
    """Takes each event as of the moment it came. Returns what became of each, in order; the refused ones are kept."""
    read = [_read(event, system=system, now=came_at) for event, came_at in events]
    good = [item for item in read if isinstance(item, ActivityInput)]
    of_good = iter(
        take_usable(good, lambda part: take_activities(part, agent=agent, source=source, now=now), field="event")
    )
    results = [item if isinstance(item, Refusal) else next(of_good) for item in read]
    keep(
        [(*event, item) for event, item in zip(events, results, strict=True) if isinstance(item, Refusal)],
        source=source,
        system=system,
    )
    return results


def _read(event: object, *, system: str, now: datetime) -> ActivityInput | Refusal:
    try:
        return read_activity(event, system=system, now=now)
    except Refusal as refusal:
        return refusal
