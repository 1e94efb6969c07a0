"""Chat webhooks: a person's own, and what becomes of one that fails."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from outbox.models import ChatWebhook
from outbox.news_kinds import enqueue_paused

PAUSED_AFTER: Final = timedelta(days=3)
LONGEST_ERROR: Final = 500


def own_of(user: User) -> ChatWebhook | None:
    """The webhook a person has given; one that was removed has no address."""
    return ChatWebhook.objects.filter(owner=user).exclude(url="").order_by("pk").first()


def set_own(user: User, *, product: str, url: str) -> ChatWebhook:
    """The person's news goes there from now on, and nowhere else in chats."""
    name = str(ChatWebhook.Product(product).label)
    webhook = ChatWebhook.objects.filter(owner=user).order_by("pk").first() or ChatWebhook(owner=user)
    webhook.name, webhook.product, webhook.url, webhook.is_active = name, product, url, True
    begin_anew(webhook)
    webhook.save()
    return webhook


def begin_anew(webhook: ChatWebhook) -> None:
    """What failed before is forgotten, on a row that the caller saves."""
    webhook.failing_since, webhook.last_error = None, ""


def remove_own(user: User) -> None:
    """The address is forgotten; what was sent there stays on record."""
    ChatWebhook.objects.filter(owner=user).update(is_active=False, url="", failing_since=None, last_error="")


def masked(webhook: ChatWebhook) -> str:
    """Enough to recognise the address, too little to use it."""
    host = urlsplit(webhook.url).hostname or ""
    return f"{host}/…{webhook.url[-4:]}"


def worked(webhook_id: int | None) -> None:
    """A message arrived: whatever failed before is over."""
    if webhook_id is not None:
        ChatWebhook.objects.filter(pk=webhook_id, failing_since__isnull=False).update(failing_since=None, last_error="")


def failed(webhook_id: int, reply: str, *, now: datetime) -> None:
    """Remembers since when; one that has failed for days is paused."""
    ChatWebhook.objects.filter(pk=webhook_id, failing_since=None).update(failing_since=now)
    ChatWebhook.objects.filter(pk=webhook_id).update(last_error=reply[:LONGEST_ERROR])
    if ChatWebhook.objects.filter(pk=webhook_id, failing_since__lte=now - PAUSED_AFTER).exists():
        pause(webhook_id, reply, now=now)


@transaction.atomic
def pause(webhook_id: int, reply: str, *, now: datetime) -> None:
    """Nothing is sent there any more, and whose it is, or the administrators, are told once."""
    changed = ChatWebhook.objects.filter(pk=webhook_id, is_active=True).update(
        is_active=False, last_error=reply[:LONGEST_ERROR]
    )
    if changed:
        webhook = ChatWebhook.objects.select_related("owner").get(pk=webhook_id)
        enqueue_paused(webhook, path=_page_of(webhook), now=now)


def _page_of(webhook: ChatWebhook) -> str:
    """Where it is mended."""
    if webhook.owner_id is not None:
        return reverse("notices:settings")
    return reverse("admin:outbox_chatwebhook_change", args=[webhook.pk])
