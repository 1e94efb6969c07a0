"""What promotion owes: leads that were scored and qualify."""

from django.db import models

from leads.models import Lead


class PromotionRequest(models.Model):
    """A lead to be promoted: written by whoever scored it, gone with its promotion."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    requested_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The worker: who has waited longest.
            models.Index(fields=["requested_at", "lead"], name="promotion_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}"
