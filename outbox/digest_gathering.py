"""One message instead of a storm.

A storm is more than MOST_SINGLE messages to one person by one way within PERIOD, counting what was sent lately and what
is due: then all that is due becomes part of one digest, which waits a little for the rest of the storm, and goes out
once a PERIOD at most.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from lib.leases import free
from outbox.gathering import gather, lock_channel, new_message, told_to
from outbox.kinds import kinds_together
from outbox.models import Delivery
from outbox.news_kinds import DIGEST, GATHERING

MOST_SINGLE: Final = 10
PERIOD: Final = timedelta(minutes=15)
SETTLES: Final = timedelta(minutes=2)  # so long a digest gathers what else the storm brings


def is_gathered(delivery: Delivery, *, now: datetime) -> bool:
    """Whether it became part of a digest. The caller's transaction holds the lock of the row, which is due."""
    if delivery.kind in GATHERING:
        return False
    told_before = told_to(delivery)
    due = told_before.filter(free(now), state=Delivery.State.PENDING, next_try_at__lte=now).exclude(kind__in=GATHERING)
    sent = told_before.filter(state=Delivery.State.SENT, sent_at__gt=now - PERIOD)
    last = sent.filter(kind=DIGEST.key).order_by("-sent_at").first()
    if last is None and not _collecting(told_before).exists() and _messages(due) + sent.count() <= MOST_SINGLE:
        return False
    lock_channel(delivery)
    digest = _collecting(told_before).select_for_update(no_key=True).first()
    if digest is None:
        starts = max(now + SETTLES, last.sent_at + PERIOD) if last and last.sent_at else now + SETTLES
        digest = new_message(DIGEST, delivery, {"count": 0}, now=now, next_try_at=starts)
    gather(digest, due)
    digest.save(update_fields=["facts"])
    return True


def _messages(due: QuerySet[Delivery]) -> int:
    """How many messages they would be: what is told together is one."""
    together = due.filter(kind__in=kinds_together(), attempts=0)
    return due.count() - max(0, together.count() - 1)


def _collecting(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """The digest nobody has begun to send."""
    return deliveries.filter(kind=DIGEST.key, state=Delivery.State.PENDING, attempts=0, lease_until=None)
