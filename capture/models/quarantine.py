"""What came in and could not be used."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuarantinedEvent(models.Model):
    """An acknowledged event that could not be used, kept with its reason so that it can be sent again."""

    received_at = models.DateTimeField(_("received"))
    source = models.CharField(_("sent by"), max_length=100)
    # Whose external ids it names.
    system = models.CharField(_("ids of"), max_length=50, blank=True, default="", db_default="")
    # How it is read, a key of capture/streams.py.
    kind = models.CharField(_("kind"), max_length=20, default="events", db_default="events")
    code = models.CharField(_("code"), max_length=50)
    field = models.CharField(_("field"), max_length=100, blank=True)
    detail = models.TextField(_("what is wrong"))
    # As sent, cut at 32 kB: text, not JSON, because it may not be storable as JSON.
    raw = models.TextField(_("as sent"))
    replayed_at = models.DateTimeField(_("sent again"), null=True, blank=True)

    class Meta:
        verbose_name = _("event in quarantine")
        verbose_name_plural = _("events in quarantine")
        ordering = ("-received_at", "-pk")
        # The admin's list of what still waits, newest first.
        indexes = [
            models.Index(
                fields=["-received_at"], name="quarantine_waiting", condition=models.Q(replayed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.received_at:%Y-%m-%d %H:%M}"
