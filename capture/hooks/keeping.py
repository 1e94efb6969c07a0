"""Keeps each message of a webhook once, however often it comes."""

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from django.db import connection

from capture.models import Hook, HookMessage
from capture.streams import Event

# The unchanged row of a message that came before is locked too: whoever takes it has come to an end.
_KEEP: Final = """
INSERT INTO capture_hookmessage (hook_id, digest, body, received_at, last_at, times, outcome, code, detail, made)
VALUES (%s, %s, %s, %s, %s, 1, %s, '', '', 0)
ON CONFLICT (hook_id, digest) DO UPDATE SET
    times = capture_hookmessage.times + 1, last_at = greatest(capture_hookmessage.last_at, EXCLUDED.last_at)
RETURNING id, xmax = 0
"""


def keep(hook: Hook, events: Sequence[Event]) -> list[int]:
    """Stores the messages, each once, in one order, so that two batches wait for each other. Returns the new ones."""
    rows = sorted((_digest(event), at, json.dumps(event)) for event, at in events)
    fresh = []
    with connection.cursor() as cursor:
        for digest, at, body in rows:
            cursor.execute(_KEEP, [hook.pk, digest, body, at, at, str(HookMessage.Outcome.WAITING)])
            pk, is_new = cursor.fetchone()
            if is_new:
                fresh.append(pk)
    return fresh


def _digest(event: object) -> str:
    """The same for the same message, however it was written."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
