"""How one message takes in others to the same person or channel, which tells them instead."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from outbox.kinds import NewsKind
from outbox.models import ChatWebhook, Delivery


def told_to(delivery: Delivery) -> QuerySet[Delivery]:
    """Everything for the same person by the same way, or for the same channel."""
    return Delivery.objects.filter(
        recipient=delivery.recipient_id, webhook=delivery.webhook_id, transport=delivery.transport
    )


def lock_channel(delivery: Delivery) -> None:
    """Whoever gathers for the same person or channel goes one after the other: one message at a time."""
    if delivery.recipient_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=delivery.recipient_id)
    elif delivery.webhook_id is not None:
        ChatWebhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)


def new_message(
    kind: NewsKind, delivery: Delivery, facts: Mapping[str, object], *, now: datetime, next_try_at: datetime
) -> Delivery:
    """An empty one of this kind to whom the delivery is for."""
    public_id = uuid.uuid4()
    return Delivery.objects.create(
        public_id=public_id,
        kind=kind.key,
        recipient_id=delivery.recipient_id,
        webhook_id=delivery.webhook_id,
        transport=delivery.transport,
        subject=f"{kind.key}:{public_id}",
        path=reverse("notices:list"),
        facts=dict(facts),
        dedupe_key=f"{kind.key}:{public_id}",
        created_at=now,
        next_try_at=next_try_at,
    )


def gather(message: Delivery, deliveries: QuerySet[Delivery]) -> set[str]:
    """They become part of it, and it counts them; what somebody else holds is left alone. Returns their kinds.

    The caller saves the facts of the message, and holds the lock of whom it is for.
    """
    free_ones = deliveries.order_by("pk").select_for_update(skip_locked=True, no_key=True)
    gathered = dict(free_ones.values_list("pk", "kind"))
    Delivery.objects.filter(pk__in=gathered).update(
        state=Delivery.State.GATHERED, gathered_in=message, lease_until=None
    )
    message.facts = {**message.facts, "count": message.facts["count"] + len(gathered)}
    return set(gathered.values())
