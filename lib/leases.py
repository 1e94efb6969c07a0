"""Work that somebody holds for a while: a worker that dies leaves a row that is free again when its lease is over."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _


class Leased(models.Model):
    """A row that one worker after the other may take; how often it was taken tells the one who holds it."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def take(self, lease: timedelta, *, now: datetime) -> None:
        """Holds the row for so long. The caller's transaction has locked it and has seen that it is free."""
        self.attempts += 1
        self.lease_until = now + lease
        self.save(update_fields=["attempts", "lease_until"])

    def still_held(self) -> QuerySet[Self]:
        """The row, unless the lease ran out and somebody else has taken it by now."""
        return type(self)._default_manager.filter(pk=self.pk, attempts=self.attempts)


def free(now: datetime) -> Q:
    """Nobody works on it."""
    return Q(lease_until=None) | Q(lease_until__lt=now)
