"""Messages about something that must not be known any more."""

from collections.abc import Collection

from django.db.models import QuerySet

from outbox.models import Delivery, Notice


def messages_about(subjects: Collection[str]) -> tuple[QuerySet[Notice], QuerySet[Delivery]]:
    """The notices and the deliveries about these subjects (their keys)."""
    return Notice.objects.filter(subject__in=subjects), Delivery.objects.filter(subject__in=subjects)


def forget_messages(subjects: Collection[str]) -> int:
    """Deletes them with what was answered to them; what was not sent yet is not sent. Returns how many."""
    notices, deliveries = messages_about(subjects)
    count = notices.count() + deliveries.count()
    notices.delete()
    deliveries.delete()
    return count
