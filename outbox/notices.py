"""The bell: a person's notices, what they have read, and how long a notice is kept."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from accounts.models import User
from outbox.models import Notice

KEPT_FOR: Final = timedelta(days=90)
BATCH: Final = 2000


def notices_of(user: User) -> QuerySet[Notice]:
    """Newest first."""
    return Notice.objects.filter(recipient=user).order_by("-created_at", "-pk")


def count_unread(user: User) -> int:
    return Notice.objects.filter(recipient=user, read_at=None).count()


def read(notice: Notice, *, now: datetime) -> None:
    """The person has opened it."""
    _mark_read(Notice.objects.filter(pk=notice.pk), now=now)


def read_all(user: User, *, now: datetime) -> int:
    """Everything the person has; returns how many were unread."""
    return _mark_read(Notice.objects.filter(recipient=user), now=now)


def read_about(user: User, subject: str, *, now: datetime) -> int:
    """The person looks at this subject, or acts on it; returns how many notices of it were unread."""
    return _mark_read(Notice.objects.filter(recipient=user, subject=subject), now=now)


def read_when_made(chosen: QuerySet[Notice]) -> int:
    """Of a past that is told afterwards: each counts as read the moment it was made. Returns how many."""
    return chosen.update(read_at=F("created_at"))


def forget_old(*, now: datetime) -> int:
    """Deletes notices that are old, read or not, batch by batch; what they told of is kept. Returns how many."""
    forgotten = 0
    while True:
        old = Notice.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk").values("pk")[:BATCH]
        count, _by_model = Notice.objects.filter(pk__in=old).delete()
        forgotten += count
        if count < BATCH:
            return forgotten


def _mark_read(notices: QuerySet[Notice], *, now: datetime) -> int:
    return notices.filter(read_at=None).update(read_at=Greatest(F("created_at"), now))
