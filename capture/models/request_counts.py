"""How often somebody asked lately."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestCount(models.Model):
    """So many requests in a minute under one key, which is a keyed hash: nobody's address is stored."""

    key = models.CharField(max_length=40)
    minute_at = models.DateTimeField()
    requests = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("requests in a minute")
        # The minute first: old ones are let go of by it.
        constraints = [models.UniqueConstraint(fields=["minute_at", "key"], name="requests_counted_once")]

    def __str__(self) -> str:
        return f"{self.minute_at:%H:%M}: {self.requests}"
