"""Mails that are owed to leads: written with what they are about, sent by a worker."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from lib.hints import send_hint
from lib.leases import free
from nurture.models import MailSend, MailVersion, SendState, Why

SENDS: Final = "nurture.tasks.send_mails"
ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Owed:
    """One mail to one lead."""

    lead_id: int
    # Names this send for ever: who asks twice under one key owes it once.
    key: str


def enqueue(version: MailVersion, owed: Sequence[Owed], *, now: datetime) -> None:
    """Owes this version of a mail to these leads, with the transaction of the caller.

    Whether each may be sent is looked at when it is about to go (nurture/sending/), not here.
    """
    rows = [
        MailSend(version=version, lead_id=each.lead_id, key=each.key, created_at=now, next_try_at=now) for each in owed
    ]
    MailSend.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)
    if rows:
        transaction.on_commit(hint, robust=True)


def call_off(keys: Collection[str], *, now: datetime, why: Why = Why.CALLED_OFF) -> int:
    """What waits under these keys is not sent any more; what somebody is sending just now is. Returns how many."""
    waiting = MailSend.objects.filter(free(now), key__in=keys, state=SendState.PENDING)
    return waiting.update(state=SendState.NOT_SENT, reason=why, lease_until=None)


def hint() -> None:
    """Tells a worker that there is something to send; a hint that is lost costs one sweep."""
    send_hint(SENDS)
