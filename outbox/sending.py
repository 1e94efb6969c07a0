"""Sends what is owed: lease, send, mark, with a commit between.

A process killed after sending and before marking sends again when its lease has run out: a message is never
lost, and one that comes twice has the same Message-ID (in a chat, the same Webhook-Id). All of it goes to colleagues,
who are better told twice than not at all.
"""

import logging
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import SystemRandom
from time import monotonic
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from lib.http import Unreachable
from outbox import chat, mail, news, webhooks
from outbox.models import Delivery
from outbox.pacing import free, is_held_back, put_off

logger = logging.getLogger(__name__)

MOST_PER_RUN: Final = 200
LONGEST_RUN: Final = 45.0  # seconds; one more message may take another thirty, and the task has ninety
MOST_ATTEMPTS: Final = 10
LEASE: Final = timedelta(minutes=5)  # longer than any conversation with a mail server (EMAIL_TIMEOUT a step)
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
LONGEST_ERROR: Final = 4000
MOST_AT_ONE_WEBHOOK: Final = 1  # at a time: a slow one keeps one sender from the others, no more


def turns() -> Iterator[None]:
    """As often as one run of a task may send."""
    began = monotonic()
    for _turn in range(MOST_PER_RUN):
        if monotonic() - began > LONGEST_RUN:
            return
        yield


def send_next(*, now: datetime, to_chat: bool = False) -> bool:
    """Sends the mail, or the message to a chat, that is due longest; False when none is."""
    delivery = lease(now=now, to_chat=to_chat)
    if delivery is None:
        return False
    try:
        if delivery.webhook_id is None:
            mail.send(delivery)
        else:
            chat.send(delivery, now=now)
    except mail.Overtaken as overtaken:
        _mark(delivery, state=Delivery.State.STOPPED, last_error=str(overtaken))
    except mail.Undeliverable as refused:
        _mark(delivery, state=Delivery.State.DEAD, last_error=str(refused))
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 (kept in the row; it holds addresses, which no log may)
        logger.warning("Delivery %s was not sent at attempt %d.", delivery.pk, delivery.attempts)
        _failed(delivery, error, now=now)
    else:
        _mark(delivery, state=Delivery.State.SENT, sent_at=now, last_error="")
        webhooks.worked(delivery.webhook_id)
    return True


def lease(*, now: datetime, to_chat: bool = False) -> Delivery | None:
    """Takes one delivery for a while; nobody else gets it before the lease has run out.

    What has to wait (pacing.py) is put off here; one whose attempts are used up (each ended in a kill) is
    given up here.
    """
    while True:
        with transaction.atomic():
            delivery = _due(now=now, to_chat=to_chat).first()
            if delivery is None:
                return None
            if delivery.attempts >= MOST_ATTEMPTS:
                _mark(delivery, state=Delivery.State.DEAD)
            elif not is_held_back(delivery, now=now):
                delivery.attempts += 1
                delivery.lease_until = now + LEASE
                delivery.save(update_fields=["attempts", "lease_until"])
                break
    return Delivery.objects.select_related("recipient", "webhook", *news.LOADED).get(pk=delivery.pk)


def wait_after(attempts: int) -> timedelta:
    """Twice as long after each attempt, six hours at most; a fifth more or less, so not all come at once."""
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return timedelta(seconds=wait.total_seconds() * SystemRandom().uniform(0.8, 1.2))


def _due(*, now: datetime, to_chat: bool) -> QuerySet[Delivery]:
    """What can be sent now, the longest due first; the row is locked, what others have locked is passed over."""
    due = Delivery.objects.filter(
        free(now), state=Delivery.State.PENDING, next_try_at__lte=now, webhook__isnull=not to_chat
    )
    if to_chat:
        leased = Delivery.objects.filter(state=Delivery.State.PENDING, webhook__isnull=False, lease_until__gte=now)
        busy = leased.values("webhook").annotate(count=Count("pk")).filter(count__gte=MOST_AT_ONE_WEBHOOK)
        due = due.exclude(webhook__in=busy.order_by().values("webhook"))
    return due.order_by("next_try_at", "pk").select_for_update(skip_locked=True, no_key=True)


def _failed(delivery: Delivery, error: Exception, *, now: datetime) -> None:
    """Tries again later; what is the other side's doing in a chat concerns everything for that webhook."""
    if delivery.webhook_id is None or not isinstance(error, chat.Gone | chat.Refused | chat.TooMany | Unreachable):
        _mark_failed(delivery, traceback.format_exc()[-LONGEST_ERROR:], now=now)
    elif isinstance(error, chat.Gone):
        _mark(delivery, state=Delivery.State.DEAD, last_error=str(error))
        webhooks.pause(delivery.webhook_id, str(error), now=now)
    else:
        wait = error.wait if isinstance(error, chat.TooMany) else None
        next_try_at = _mark_failed(delivery, str(error), now=now, wait=wait)
        webhooks.failed(delivery.webhook_id, str(error), now=now)
        waiting = Delivery.objects.filter(free(now), state=Delivery.State.PENDING, webhook=delivery.webhook_id)
        with transaction.atomic():
            put_off(waiting.filter(next_try_at__lt=next_try_at), until=next_try_at)


def _mark_failed(delivery: Delivery, error: str, *, now: datetime, wait: timedelta | None = None) -> datetime:
    next_try_at = now + (wait or wait_after(delivery.attempts))
    if delivery.attempts >= MOST_ATTEMPTS:
        _mark(delivery, state=Delivery.State.DEAD, last_error=error)
    else:
        _mark(delivery, next_try_at=next_try_at, last_error=error)
    return next_try_at


def _mark(delivery: Delivery, **columns: object) -> None:
    """Writes how the attempt ended, unless the lease ran out and somebody else has the delivery by now."""
    mine = Delivery.objects.filter(
        Q(pk=delivery.pk),
        state=Delivery.State.PENDING,
        lease_until=delivery.lease_until,
        attempts=delivery.attempts,
    )
    mine.update(lease_until=None, **columns)
