"""What the engine owes: leads that have to be scored again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import Lead
from scoring.models.scores import Why


class ScoreRequest(models.Model):
    """Work owed: this lead has to be scored again. One row per lead, however much happened."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    requested_at = models.DateTimeField()
    why = models.PositiveSmallIntegerField(choices=Why, default=Why.PROFILE)

    class Meta:
        verbose_name = _("score to compute")
        verbose_name_plural = _("scores to compute")
        # The worker takes the oldest first, those of one moment by lead; sorted by it, taking some does not read all.
        indexes = [models.Index(fields=["requested_at", "lead"], name="score_request_in_turn")]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M:%S}"
