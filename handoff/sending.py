"""Sends what is owed: lease, send, mark, with a commit between.

A process killed after sending and before marking sends again when its lease has run out: a message is never
lost, and one that comes twice has the same Message-ID.
"""

import logging
import traceback
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q

from handoff import mail
from handoff.models import Delivery

logger = logging.getLogger(__name__)

MOST_PER_RUN: Final = 200
MOST_ATTEMPTS: Final = 10
LEASE: Final = timedelta(minutes=5)  # longer than any conversation with a mail server (EMAIL_TIMEOUT a step)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
LONGEST_ERROR: Final = 4000


def send_next(*, now: datetime) -> bool:
    """Sends the delivery that is due longest; False when none is."""
    delivery = lease(now=now)
    if delivery is None:
        return False
    try:
        mail.send(delivery)
    except mail.Undeliverable as refused:
        _mark(delivery, state=Delivery.State.DEAD, last_error=str(refused))
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # noqa: BLE001 (kept in the row; it holds addresses, which no log may)
        logger.warning("Delivery %s was not sent at attempt %d.", delivery.pk, delivery.attempts)
        _mark_failed(delivery, traceback.format_exc()[-LONGEST_ERROR:], now=now)
    else:
        _mark(delivery, state=Delivery.State.SENT, sent_at=now, last_error="")
    return True


@transaction.atomic
def lease(*, now: datetime) -> Delivery | None:
    """Takes one delivery for a while; nobody else gets it before the lease has run out.

    One whose attempts are used up (each ended in a kill) is given up here.
    """
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Delivery.objects.filter(free, state=Delivery.State.PENDING, next_try_at__lte=now)
    for delivery in due.order_by("next_try_at", "pk").select_for_update(skip_locked=True, no_key=True)[:20]:
        if delivery.attempts >= MOST_ATTEMPTS:
            _mark(delivery, state=Delivery.State.DEAD)
            continue
        delivery.attempts += 1
        delivery.lease_until = now + LEASE
        delivery.save(update_fields=["attempts", "lease_until"])
        return delivery
    return None


def wait_after(attempts: int) -> timedelta:
    """Twice as long after each attempt, six hours at most; a fifth more or less, so not all come at once."""
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return timedelta(seconds=wait.total_seconds() * SystemRandom().uniform(0.8, 1.2))


def _mark_failed(delivery: Delivery, error: str, *, now: datetime) -> None:
    if delivery.attempts >= MOST_ATTEMPTS:
        _mark(delivery, state=Delivery.State.DEAD, last_error=error)
    else:
        _mark(delivery, next_try_at=now + wait_after(delivery.attempts), last_error=error)


def _mark(delivery: Delivery, **columns: object) -> None:
    """Writes how the attempt ended, unless the lease ran out and somebody else has the delivery by now."""
    mine = Delivery.objects.filter(
        pk=delivery.pk,
        state=Delivery.State.PENDING,
        lease_until=delivery.lease_until,
        attempts=delivery.attempts,
    )
    mine.update(lease_until=None, **columns)
