"""Mails that are owed to leads: written with what they are about, sent by a worker."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from lib.hints import send_hint
from lib.leases import free
from nurture.models import MailSend, MailVersion, SendState, Why
from nurture.sending.marking import Outcome, store

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
    return _call_off(MailSend.objects.filter(key__among=sorted(keys)), why=why, now=now)


def call_off_all(*, now: datetime) -> int:
    """What waits is not sent any more, to whomever. Returns how many there were."""
    return _call_off(MailSend.objects.all(), why=Why.CALLED_OFF, now=now)


@transaction.atomic
def _call_off(some: QuerySet[MailSend], *, why: Why, now: datetime) -> int:
    waiting = some.filter(free(now), state=SendState.PENDING).select_related("version__mail", "lead").order_by("pk")
    sends = list(waiting.select_for_update(of=("self",), no_key=True))
    store([Outcome(send=send, state=SendState.NOT_SENT, why=why) for send in sends], now=now)
    return len(sends)


def hint() -> None:
    """Tells a worker that there is something to send; a hint that is lost costs one sweep."""
    send_hint(SENDS)
