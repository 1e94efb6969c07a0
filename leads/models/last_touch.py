"""The latest contact of a lead with us."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.content import Page
from leads.models.lead import Lead
from leads.models.sources import Campaign, Channel


class LastTouch(models.Model):
    """When a lead was seen last, and where it came from then. It moves to a later one only; leads/touches.py writes it.

    Nearly every activity moves it: a row of its own is short and stands in few indexes, that of the lead in a dozen.
    """

    # What is referred to is never deleted, so it is not looked at row by row.
    lead = models.OneToOneField(
        Lead, models.CASCADE, primary_key=True, related_name="last_touch", db_constraint=False, verbose_name=_("lead")
    )
    at = models.DateTimeField(_("last touch"))
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        verbose_name = _("last touch")
        indexes = [
            # The lead list sorted by the latest sign of life.
            models.Index(fields=["-at", "-lead"], name="last_touch_newest"),
            # The lead list narrowed to a campaign.
            models.Index(
                fields=["campaign", "lead"], name="last_touch_of_campaign", condition=models.Q(campaign__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.at}"
