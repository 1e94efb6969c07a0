"""Keeps what could not be used, with its reason, so that nothing acknowledged is lost."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from capture.api.fields import read_activity
from capture.models import QuarantinedEvent
from capture.usable import take_usable
from leads.events import Agent
from leads.inputs import Taken
from leads.intake import take_activities
from leads.normalise import Refusal
from lib.text import storable

RAW_LIMIT: Final = 32_000


def keep(refused: Collection[tuple[object, datetime, Refusal]], *, source: str, system: str) -> None:
    """Stores each refused event as it was sent (cut at 32,000 characters), when it came and why it was refused."""
    if not refused:
        return  # a transaction about nothing is still a way to the database and back
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            received_at=came_at,
            source=storable(source)[:100],
            system=system,
            code=refusal.code,
            field=refusal.field[:100],
            detail=refusal.message,
            # ASCII escapes: a lone surrogate or NUL stays visible and storable.
            raw=json.dumps(event, ensure_ascii=True)[:RAW_LIMIT],
        )
        for event, came_at, refusal in refused
    )


def replay(event: QuarantinedEvent, *, agent: Agent, now: datetime) -> Taken | Refusal:
    """Tries a kept event once more, as of the moment it came; usable since, say, its activity type exists.

    Taken, it is marked as sent again; still refused, it keeps waiting. Doing it twice changes nothing: the
    message id counts once.
    """
    try:
        activity = read_activity(json.loads(event.raw), system=event.system, now=event.received_at)
    except json.JSONDecodeError:
        return Refusal("cut", "event", _("The event was too long to be kept whole. Ask its sender to send it again."))
    except Refusal as refusal:
        return refusal
    source = event.source
    [result] = take_usable(
        [activity], lambda part: take_activities(part, agent=agent, source=source, now=now), field="event"
    )
    if isinstance(result, Taken):
        event.replayed_at = now
        event.save(update_fields=["replayed_at"])
    return result
