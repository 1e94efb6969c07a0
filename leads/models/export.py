"""Who took lists of leads out of Baton."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LeadExport(models.Model):
    """One file of leads that left. Written by leads/exporting/files.py."""

    file_format = models.CharField(_("format"), max_length=4, choices=(("csv", "CSV"), ("xlsx", "XLSX")))
    count = models.PositiveIntegerField(_("leads"))
    # Filters and order of the list, as its address has them.
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+"
    )
    # Who it was when it was no person: "command line".
    agent = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("export of leads")
        verbose_name_plural = _("exports of leads")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(file_format__in=("csv", "xlsx")), name="export_format_known"),
            models.CheckConstraint(
                condition=models.Q(actor__isnull=False) | ~models.Q(agent=""), name="export_has_agent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.at:%Y-%m-%d %H:%M}"
