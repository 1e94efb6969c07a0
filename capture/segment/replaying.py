"""Takes what was kept because nothing said what it is, once somebody has said it."""

import json
from datetime import datetime
from typing import Final

from capture.models import QuarantinedEvent, Site
from capture.quarantine import replay
from capture.segment.event_names import squeezed
from capture.segment.meanings import meanings_of
from capture.segment.stream import SEGMENT
from capture.tracking.joining import agent_name
from leads.events import Agent

# So many are taken while somebody waits for the page.
MOST_AT_ONCE: Final = 300


def replay_unmapped(*, site: Site, now: datetime) -> tuple[int, bool]:
    """Takes the first MOST_AT_ONCE kept events of the site that mean something by now, as of the moment they came.

    Returns how many were taken, and whether there are more.
    """
    waiting = QuarantinedEvent.objects.filter(
        kind=SEGMENT.key, source=site.source, code="unmapped", replayed_at=None
    ).order_by("pk")
    meanings, agent = meanings_of(site), Agent(name=agent_name(site.name))
    count = 0
    for event in waiting.iterator():
        if meanings.of(squeezed(_name(event))) is None:
            continue
        if count == MOST_AT_ONCE:
            return count, True
        count += replay(event, agent=agent, now=now) is None
    return count, False


def _name(event: QuarantinedEvent) -> str:
    try:
        return str(json.loads(event.raw)["message"].get("event", ""))
    except (ValueError, KeyError, AttributeError, TypeError):
        return ""
