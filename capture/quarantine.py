"""Keeps what could not be used, with its reason, so that nothing acknowledged is lost."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from capture import streams
from capture.models import QuarantinedEvent
from leads.events import Agent
from leads.normalise import SUPPRESSED, Refusal
from lib.text import storable

RAW_LIMIT: Final = 32_000


def keep(refused: Collection[tuple[object, datetime, Refusal]], *, kind: str, source: str, system: str) -> None:
    """Stores each refused event as it was sent (cut at 32,000 characters), when it came and why it was refused.

    Of whoever is to be left alone nothing is stored, not even here.
    """
    refused = [one for one in refused if one[2].code != SUPPRESSED]
    if not refused:
        return  # a transaction about nothing is still a way to the database and back
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            received_at=came_at,
            source=storable(source)[:100],
            system=system,
            kind=kind,
            code=refusal.code,
            field=refusal.field[:100],
            detail=refusal.message,
            # ASCII escapes: a lone surrogate or NUL stays visible and storable.
            raw=json.dumps(event, ensure_ascii=True)[:RAW_LIMIT],
        )
        for event, came_at, refusal in refused
    )


@transaction.atomic
def replay(event: QuarantinedEvent, *, agent: Agent, now: datetime) -> Refusal | None:
    """Tries a kept event once more, as of the moment it came; usable since, say, its activity type exists. Returns
    why it is still refused.

    Taken, it is marked as sent again; still refused, it keeps waiting. Doing it twice changes nothing: the
    message id counts once.
    """
    try:
        sent = json.loads(event.raw)
    except json.JSONDecodeError:
        return Refusal("cut", "event", _("The event was too long to be kept whole. Ask its sender to send it again."))
    take = streams.of(event.kind).take
    [result] = take([(sent, event.received_at)], agent=agent, source=event.source, system=event.system, now=now)
    if isinstance(result, Refusal):
        return result
    event.replayed_at = now
    event.save(update_fields=["replayed_at"])
    return None
