"""What visitors did whom nobody knows: kept, once, until somebody says who they are."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from capture.models import VisitorEvent
from leads.inputs import ActivityInput
from leads.parsing import message_key


class Waiting(NamedTuple):
    """An event of a visitor: as it will be read again, and as it was read now."""

    visitor_id: int
    event: Mapping[str, Any]
    activity: ActivityInput
    came_at: datetime


def store(waiting: Sequence[Waiting], *, source: str) -> None:
    """Stores each message once, however often it comes."""
    if not waiting:
        return
    VisitorEvent.objects.bulk_create(
        [
            VisitorEvent(
                visitor_id=one.visitor_id,
                message_key=message_key(source, one.activity.message_id.strip()),
                occurred_at=one.activity.occurred_at,
                received_at=one.came_at,
                event=json.dumps(one.event),
                machine=one.activity.machine,
            )
            for one in waiting
        ],
        ignore_conflicts=True,
    )
