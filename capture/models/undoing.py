"""What an import made and changed, for as long as it can be undone, and how far its undoing is."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from capture.models.imports import ImportBatch
from leads.models import Lead


class ImportChange(models.Model):
    """One row that an import made or changed. Written by the database (migrations/sql/import_changes.sql)."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes", db_index=False)
    # The table of the row and its key.
    source = models.CharField(max_length=40)
    key = models.BigIntegerField()
    # Whose row it is.
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="+")
    # The columns that changed, as they were and as they became; of a row that was made no former ones.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by imports")
        ordering = ("-pk",)
        # Undone from the latest to the earliest.
        indexes = [models.Index(fields=["batch", "-id"], name="import_change_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(before__isnull=True) | models.Q(after__isnull=False),
                name="import_change_has_both_sides",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class ImportUndo(models.Model):
    """An import that somebody takes back: owed from the moment it is asked for. Moved in capture/importing/undo.py."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, primary_key=True, related_name="undo")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField(_("asked for"))
    # Leads and changes to look at, counted when it was asked for.
    total = models.PositiveIntegerField(default=0)
    # The last lead, by its key, of those the import made that was looked at.
    leads_to = models.BigIntegerField(default=0)
    # {what became (leads.undoing.results.Became): how many}
    results = models.JSONField(default=dict)
    # Started so often since a part was last done.
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)
    # Why it was given up.
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("undoing of an import")
        verbose_name_plural = _("undoing of imports")
        # What is owed still.
        indexes = [
            models.Index(fields=["asked_at"], name="import_undo_owed", condition=models.Q(finished_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message="") | models.Q(finished_at__isnull=False), name="import_undo_given_up_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}"
