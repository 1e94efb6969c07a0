"""Several leads at once are one message.

Kinds of news that say so are told together where several of them wait to be sent to one person, or one channel, at
the same time. Whoever passes many leads says so beforehand (`told_together`): each message waits a little for the
others then, and goes on waiting while more of them come, for a minute at most. One alone is sent at once.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from lib.leases import free
from outbox.gathering import gather, lock_channel, new_message, told_to
from outbox.kinds import kind_of, kinds_together
from outbox.models import Delivery
from outbox.news_kinds import TOGETHER
from outbox.told_together import WAITS

STILL_COMING: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=1)


def is_told_with_others(delivery: Delivery, *, now: datetime) -> bool:
    """Whether it became part of one message, or is that message and waits for more. The row is locked, and due."""
    if delivery.kind == TOGETHER.key:
        return _goes_on_waiting(delivery, now=now)
    if not kind_of(delivery.kind).together or delivery.attempts:
        return False
    # Two more statements, where nothing else is owed to this person.
    if _waiting(delivery, now=now).count() < 2 and not _collecting(delivery).exists():
        return False
    lock_channel(delivery)
    message = _collecting(delivery).select_for_update(no_key=True).first()
    if message is None:
        message = new_message(TOGETHER, delivery, {"count": 0, "all_wait": True}, now=now, next_try_at=now)
    _take_in(message, delivery, now=now)
    return True


def _goes_on_waiting(message: Delivery, *, now: datetime) -> bool:
    """What came meanwhile joins it, and where something did it waits for the rest."""
    if message.attempts or now - message.created_at >= LONGEST or not _waiting(message, now=now).exists():
        return False
    lock_channel(message)
    return _take_in(message, message, now=now) > now


def _take_in(message: Delivery, delivery: Delivery, *, now: datetime) -> datetime:
    """Everything of this sort that waits becomes part of it. Returns when it may go."""
    waiting = _waiting(delivery, now=now)
    # Whoever passes many is still at it: these would not be due yet.
    more_come = waiting.filter(next_try_at__gt=now, created_at__gt=now - STILL_COMING).exists()
    kinds = gather(message, waiting)
    message.facts = {**message.facts, "all_wait": message.facts["all_wait"] and all(map(_needs_answer, kinds))}
    if more_come:
        message.next_try_at = min(now + STILL_COMING, message.created_at + LONGEST)
    message.save(update_fields=["facts", "next_try_at"])
    return message.next_try_at


def _needs_answer(kind: str) -> bool:
    return kind_of(kind).needs_answer


def _waiting(delivery: Delivery, *, now: datetime) -> QuerySet[Delivery]:
    """Of these kinds, not tried yet, due or waiting for each other."""
    return told_to(delivery).filter(
        free(now),
        kind__in=kinds_together(),
        state=Delivery.State.PENDING,
        attempts=0,
        next_try_at__lte=now + WAITS,
    )


def _collecting(delivery: Delivery) -> QuerySet[Delivery]:
    """The message that nobody has begun to send."""
    return told_to(delivery).filter(kind=TOGETHER.key, state=Delivery.State.PENDING, attempts=0, lease_until=None)
