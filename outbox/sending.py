"""Sends what is owed: lease, send, mark, with a commit between.

A process killed after sending and before marking sends again when its lease has run out: a message is never
lost, and one that comes twice has the same Message-ID (in a chat, the same Webhook-Id). All of it goes to colleagues,
who are better told twice than not at all.
"""

import logging
from datetime import datetime, timedelta
from time import monotonic, perf_counter
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet

from lib import clock
from lib.leases import free
from lib.text import storable
from outbox.digest_gathering import is_gathered
from outbox.models import Attempt, Delivery
from outbox.quiet_hours import is_put_off
from outbox.retrying import MOST_ATTEMPTS, wait_after
from outbox.several_at_once import is_told_with_others
from outbox.standstill import SENDING
from outbox.transports.base import Failure, Reply, Transport

logger = logging.getLogger(__name__)

MOST_PER_RUN: Final = 200
LONGEST_RUN: Final = 45.0  # seconds; one more message may take another thirty, and the task has ninety
LEASE: Final = timedelta(minutes=5)  # longer than any conversation with a mail server (EMAIL_TIMEOUT a step)
LONGEST_ANSWER: Final = 4096  # bytes


def send_due(transport: Transport) -> None:
    """Sends what is due by this transport, for as long as one run of a task may."""
    began = monotonic()
    for _turn in range(MOST_PER_RUN):
        if monotonic() - began > LONGEST_RUN or SENDING.is_off or not send_next(transport, now=clock.now()):
            return


def send_next(transport: Transport, *, now: datetime) -> bool:
    """Sends what is due longest by this transport; False when nothing is."""
    delivery = lease(transport, now=now)
    if delivery is None:
        return False
    began = perf_counter()
    try:
        reply = transport.send(delivery, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Failure as failure:
        _failed(transport, delivery, failure, began=began, now=now)
    except Exception as error:  # noqa: BLE001 (kept in the row; it holds addresses, which no log may)
        _failed(transport, delivery, Failure.of(error), began=began, now=now)
    else:
        attempt = _attempt(delivery, reply, began=began, now=now)
        _mark(delivery, attempt, state=Delivery.State.SENT, sent_at=now, last_error="")
        transport.arrived(delivery)
    return True


def lease(transport: Transport, *, now: datetime) -> Delivery | None:
    """Takes one delivery for a while; nobody else gets it before the lease has run out.

    What has to wait (quiet_hours.py, digest_gathering.py, several_at_once.py) is put off here; one whose attempts are
    used up (each ended in a kill) is given up here.
    """
    while True:
        with transaction.atomic():
            delivery = _due(transport, now=now).first()
            if delivery is None:
                return None
            if delivery.attempts >= MOST_ATTEMPTS:
                _mark(delivery, None, state=Delivery.State.DEAD)
            elif not (
                is_put_off(delivery, now=now)
                or is_gathered(delivery, now=now)
                or is_told_with_others(delivery, now=now)
            ):
                delivery.take(LEASE, now=now)
                break
    return Delivery.objects.select_related("recipient", "webhook").get(pk=delivery.pk)


def _due(transport: Transport, *, now: datetime) -> QuerySet[Delivery]:
    """What can be sent now, the longest due first; the row is locked, what others have locked is passed over."""
    due = Delivery.objects.filter(
        free(now), transport=transport.key, state=Delivery.State.PENDING, next_try_at__lte=now
    )
    return transport.free(due, now=now).order_by("next_try_at", "pk").select_for_update(skip_locked=True, no_key=True)


def _failed(transport: Transport, delivery: Delivery, failure: Failure, *, began: float, now: datetime) -> None:
    """Ends it where trying again cannot help or was tried often enough, else tries again later."""
    attempt = _attempt(delivery, failure.reply, began=began, now=now, is_permanent=failure.ends is not None)
    next_try_at = now + (failure.wait or wait_after(delivery.attempts))
    if failure.ends is not None:
        _mark(delivery, attempt, state=failure.ends, last_error=str(failure))
    elif delivery.attempts >= MOST_ATTEMPTS:
        _mark(delivery, attempt, state=Delivery.State.DEAD, last_error=str(failure))
    else:
        _mark(delivery, attempt, next_try_at=next_try_at, last_error=str(failure))
    if failure.ends is None:
        logger.warning("Delivery %s was not sent at attempt %d.", delivery.pk, delivery.attempts)
    transport.failed(delivery, failure, next_try_at=next_try_at, now=now)


def _attempt(delivery: Delivery, reply: Reply, *, began: float, now: datetime, is_permanent: bool = False) -> Attempt:
    """The attempt that has just ended, not written yet."""
    return Attempt(
        delivery=delivery,
        began_at=now,
        milliseconds=round((perf_counter() - began) * 1000),
        status=reply.status,
        answer=storable(reply.text.encode(errors="replace")[:LONGEST_ANSWER].decode(errors="ignore")),
        is_permanent=is_permanent,
    )


@transaction.atomic
def _mark(delivery: Delivery, attempt: Attempt | None, **columns: object) -> None:
    """Writes the attempt, and how it ended unless the lease ran out and somebody else has the delivery by now."""
    if attempt is not None:
        attempt.save(force_insert=True)
    # Who starts it over starts counting attempts anew.
    mine: QuerySet[Delivery] = delivery.still_held().filter(
        state=Delivery.State.PENDING, lease_until=delivery.lease_until
    )
    mine.update(lease_until=None, **columns)
