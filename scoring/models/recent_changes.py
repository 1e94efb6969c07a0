"""By how much scores moved lately, kept so that lists can be sorted by it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import Lead


class RecentChange(models.Model):
    """The steps of one score in the last seven days, added up; who had none has no row.

    A trigger adds each step when it is recorded (migrations/sql/recent_change.sql); scoring/score_change.py lets go of
    those that are older.
    """

    lead = models.OneToOneField(
        Lead, models.CASCADE, primary_key=True, related_name="recent_change", db_constraint=False
    )
    points = models.BigIntegerField(_("points"))
    # When the oldest of the steps is older than seven days.
    next_change_at = models.DateTimeField(_("can change by itself"))

    class Meta:
        verbose_name = _("recent change of a score")
        verbose_name_plural = _("recent changes of scores")
        indexes = [
            # The lead list sorted by it.
            models.Index(fields=["-points", "-lead"], name="recent_change_largest"),
            # The sweeper: what holds steps that are too old.
            models.Index(fields=["next_change_at"], name="recent_change_due"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+}"
