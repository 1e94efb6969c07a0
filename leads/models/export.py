"""Who took lists out of Baton, and the files that are written for it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.leases import Leased


class LeadExport(models.Model):
    """One file of rows that left. Written by leads/exporting/files.py."""

    # The key of the list (leads/exporting/lists.py).
    listed = models.CharField(_("list"), max_length=40, default="leads", db_default="leads")
    file_format = models.CharField(_("format"), max_length=4, choices=(("csv", "CSV"), ("xlsx", "XLSX")))
    count = models.PositiveIntegerField(_("rows"))
    # Filters and order of the list, as its address has them.
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+"
    )
    # Who it was when it was no person: "command line".
    agent = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("export of a list")
        verbose_name_plural = _("exports of lists")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(file_format__in=("csv", "xlsx")), name="export_format_known"),
            models.CheckConstraint(
                condition=models.Q(actor__isnull=False) | ~models.Q(agent=""), name="export_has_agent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listed} {self.count} {self.at:%Y-%m-%d %H:%M}"


class ExportFile(Leased):
    """The file of a long list, owed from the moment it is asked for. Moved in leads/exporting/background.py."""

    export = models.OneToOneField(LeadExport, models.CASCADE, primary_key=True, related_name="file")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # All of it, however long; the record of the export holds the beginning.
    query = models.TextField(blank=True)
    # Rows that are written.
    done = models.PositiveIntegerField(default=0)
    # Emptied when the file is deleted, a day after it was written.
    stored_as = models.CharField(max_length=100, blank=True)
    finished_at = models.DateTimeField(null=True)
    # Why it was given up.
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("file of an export")
        verbose_name_plural = _("files of exports")
        # What is owed still.
        indexes = [models.Index(fields=["lease_until"], name="export_owed", condition=models.Q(finished_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stored_as="") | models.Q(finished_at__isnull=False), name="export_stored_when_whole"
            )
        ]

    def __str__(self) -> str:
        return f"{self.export_id}"
