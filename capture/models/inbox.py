"""What streamed in and is to be taken."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InboxItem(models.Model):
    """What one request brought, acknowledged and not taken yet; gone with the transaction that takes them."""

    received_at = models.DateTimeField(_("received"))
    source = models.CharField(_("sent by"), max_length=110)
    agent = models.CharField(_("acts as"), max_length=100)
    # Whose external ids it names.
    system = models.CharField(_("ids of"), max_length=50, blank=True, default="", db_default="")
    # How it is read, a key of capture/streams.py.
    kind = models.CharField(_("kind"), max_length=20, default="events", db_default="events")
    events = models.PositiveSmallIntegerField(_("events"))
    # JSON as the kind has it: text, not JSON of the database, because not every event can be stored as such.
    raw = models.TextField(_("as sent"))
    # So often a worker began with it; one that does not come to its end must not be tried for ever.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    # Between being marked as begun and being locked it is not another worker's to begin with.
    lease_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("request in the inbox")
        verbose_name_plural = _("requests in the inbox")

    def __str__(self) -> str:
        return f"{self.source} {self.received_at:%Y-%m-%d %H:%M:%S}"
