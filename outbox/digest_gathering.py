"""One message instead of a storm.

A storm is more than MOST_SINGLE messages to one person by one way within PERIOD, counting what was sent lately and what
is due: then all that is due becomes part of one digest, which waits a little for the rest of the storm, and goes out
once a PERIOD at most.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from lib.leases import free
from outbox.models import ChatWebhook, Delivery
from outbox.news_kinds import DIGEST

MOST_SINGLE: Final = 10
PERIOD: Final = timedelta(minutes=15)
SETTLES: Final = timedelta(minutes=2)  # so long a digest gathers what else the storm brings


def is_gathered(delivery: Delivery, *, now: datetime) -> bool:
    """Whether it became part of a digest. The caller's transaction holds the lock of the row, which is due."""
    if delivery.kind == DIGEST.key:
        return False
    told_before = Delivery.objects.filter(recipient=delivery.recipient_id, webhook=delivery.webhook_id)
    due = told_before.filter(free(now), state=Delivery.State.PENDING, next_try_at__lte=now).exclude(kind=DIGEST.key)
    sent = told_before.filter(state=Delivery.State.SENT, sent_at__gt=now - PERIOD)
    last = sent.filter(kind=DIGEST.key).order_by("-sent_at").first()
    if last is None and not _collecting(told_before).exists() and due.count() + sent.count() <= MOST_SINGLE:
        return False
    _lock_channel(delivery)
    digest = _collecting(told_before).select_for_update(no_key=True).first()
    if digest is None:
        starts = max(now + SETTLES, last.sent_at + PERIOD) if last and last.sent_at else now + SETTLES
        digest = _new_digest(delivery, now=now, next_try_at=starts)
    gathered = list(due.order_by("pk").select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=gathered).update(state=Delivery.State.GATHERED, gathered_in=digest, lease_until=None)
    digest.facts = {"count": digest.facts["count"] + len(gathered)}
    digest.save(update_fields=["facts"])
    return True


def _collecting(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """The digest nobody has begun to send."""
    return deliveries.filter(kind=DIGEST.key, state=Delivery.State.PENDING, attempts=0, lease_until=None)


def _lock_channel(delivery: Delivery) -> None:
    """Whoever gathers for the same person or channel goes one after the other: one digest at a time."""
    if delivery.recipient_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=delivery.recipient_id)
    elif delivery.webhook_id is not None:
        ChatWebhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)


def _new_digest(delivery: Delivery, *, now: datetime, next_try_at: datetime) -> Delivery:
    public_id = uuid.uuid4()
    return Delivery.objects.create(
        public_id=public_id,
        kind=DIGEST.key,
        recipient_id=delivery.recipient_id,
        webhook_id=delivery.webhook_id,
        transport=delivery.transport,
        subject=f"digest:{public_id}",
        path=reverse("notices:list"),
        facts={"count": 0},
        dedupe_key=f"digest:{public_id}",
        created_at=now,
        next_try_at=next_try_at,
    )
