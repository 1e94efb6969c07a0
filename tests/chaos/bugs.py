"""Three mistakes that are easily made. Each is put into the processes of a run, which then has to turn red.

Nothing but tests/chaos/test_seeded_bugs.py asks for one.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q


def put_in(name: str) -> None:
    """The mistake of this name into this process; none when it is empty."""
    if name:
        {"mark_before_send": mark_before_send, "claim_without_state": claim_without_state}[name]()


def mark_before_send() -> None:
    """Marks, then sends: whatever dies between the two has told nobody, and nobody will."""
    from outbox import sending
    from outbox.models import Delivery
    from outbox.transports.base import Transport

    def careless(transport: Transport, *, now: datetime) -> bool:
        delivery = sending.lease(transport, now=now)
        if delivery is None:
            return False
        Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=now, lease_until=None)
        transport.send(delivery, now=now)
        return True

    sending.send_next = careless


def claim_without_state() -> None:
    """Claims a handoff whatever has become of it meanwhile."""
    from handoff.lifecycle import machine, transitions
    from handoff.models import Handoff

    def careless(handoff: Handoff, name: str, guard: Q | None = None, /, **columns: Any) -> None:
        step = machine.TRANSITIONS[name]
        columns = {"state": step.ends, **columns} if step.ends else columns
        if not Handoff.objects.filter(guard or Q(), pk=handoff.pk).update(**columns):
            handoff.refresh_from_db()
            raise machine.refusal(handoff, step)
        for column, value in columns.items():
            setattr(handoff, column, value)

    for module in (transitions, machine):
        vars(module)["move"] = careless
