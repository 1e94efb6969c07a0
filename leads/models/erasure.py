"""Who was erased, so that they stay erased."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead


class ErasureReason(models.TextChoices):
    ASKED = "asked", _("the person asked for it")
    RETENTION = "retention", _("it was kept as long as it may be")
    MISTAKE = "mistake", _("it should not have been stored")


class Erasure(models.Model):
    """One erasure: the ledger by which a restored backup forgets again. Written by leads/privacy/erasing.py.

    It holds no word about the person: a random id, a keyed hash, and counts.
    """

    lead = models.OneToOneField(Lead, models.PROTECT, related_name="erasure")
    # leads.consent.suppression.digest of the address; empty where there was none.
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("why"), max_length=12, choices=ErasureReason)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    agent = models.CharField(max_length=100, blank=True)
    # {key of a holding: rows}
    counts = models.JSONField(_("rows"), default=dict)
    # When it was written beside the database as well.
    stored_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("erasure")
        ordering = ("-at", "-pk")
        indexes = [
            # What has to be written beside the database still.
            models.Index(fields=["id"], name="erasure_to_store", condition=models.Q(stored_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(reason__in=ErasureReason.values), name="erasure_reason_known"),
            models.CheckConstraint(
                condition=models.Q(digest="") | models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="erasure_digest_is_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
