"""Keeps each message of a webhook once, however often it comes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from capture.models import Hook, HookMessage
from capture.streams import Event
from lib.arrays import array_literal

# The unchanged row of a message that came before is locked too: whoever takes it has come to an end. In the order of
# the digests, so that two who keep the same messages wait for each other.
_KEEP: Final = """
INSERT INTO capture_hookmessage (hook_id, digest, body, received_at, last_at, times, outcome, code, detail, made)
SELECT %s, digest, body, first_at, last_at, times, %s, '', '', 0
FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::integer[])
    AS sent (digest, body, first_at, last_at, times)
ORDER BY digest
ON CONFLICT (hook_id, digest) DO UPDATE SET
    times = capture_hookmessage.times + EXCLUDED.times,
    last_at = greatest(capture_hookmessage.last_at, EXCLUDED.last_at)
RETURNING id, xmax = 0
"""


@dataclass(slots=True)
class _Sent:
    body: str
    first_at: datetime
    last_at: datetime
    times: int = 1


def keep(hook: Hook, events: Sequence[Event]) -> list[int]:
    """Stores the messages, each once, in one statement. Returns the new ones."""
    sent: dict[str, _Sent] = {}
    for event, at in events:
        digest = _digest(event)
        if (known := sent.get(digest)) is None:
            sent[digest] = _Sent(json.dumps(event), at, at)
        else:
            known.first_at, known.last_at = min(known.first_at, at), max(known.last_at, at)
            known.times += 1
    columns = (
        sent,
        (one.body for one in sent.values()),
        (one.first_at for one in sent.values()),
        (one.last_at for one in sent.values()),
        (one.times for one in sent.values()),
    )
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [hook.pk, str(HookMessage.Outcome.WAITING), *map(array_literal, columns)])
        return [pk for pk, is_new in cursor.fetchall() if is_new]


def _digest(event: object) -> str:
    """The same for the same message, however it was written."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
