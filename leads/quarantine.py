"""Keeps what could not be used, with its reason, so that nothing acknowledged is lost."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from leads.models import QuarantinedEvent
from leads.normalise import Refusal
from lib.text import storable

KEPT: Final = 32_000


def keep(refused: Iterable[tuple[Any, Refusal]], *, source: str, now: datetime) -> None:
    """Stores each refused event as it was sent (cut at 32,000 characters) and why it was refused."""
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            received_at=now,
            source=storable(source)[:100],
            code=refusal.code,
            field=refusal.field[:100],
            detail=refusal.message,
            # ASCII escapes: a lone surrogate or NUL stays visible and storable.
            raw=json.dumps(event, ensure_ascii=True)[:KEPT],
        )
        for event, refusal in refused
    )
