"""What the engine computed, and what it still owes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models import Lead
from scoring.models.criteria import Criteria


class Score(models.Model):
    """The score of one lead under one criteria version: a function of what is stored, never a counter."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="score")
    criteria = models.ForeignKey(Criteria, models.PROTECT, related_name="+")
    total = models.BigIntegerField(_("score"))
    fit = models.BigIntegerField(_("fit"))
    engagement = models.BigIntegerField(_("engagement"))
    grade = models.CharField(_("grade"), max_length=2)
    # The evidence: how often each enabled rule matched, in the order of the rules (position, pk).
    matched = ArrayField(models.IntegerField(), verbose_name=_("matches"))
    # What this lead has to reach: the threshold plus the bar of its source.
    bar = models.PositiveIntegerField(_("to reach"))
    qualifies = models.BooleanField(_("qualifies"))
    is_fast_track = models.BooleanField(_("fast track"))
    is_blocked = models.BooleanField(_("blocked"))
    scored_at = models.DateTimeField(_("computed"))
    # The first moment at which time alone can change this score.
    next_change_at = models.DateTimeField(_("can change by itself"), null=True)

    class Meta:
        verbose_name = _("score")
        indexes = [
            # The sweeper: scores that time has changed.
            models.Index(fields=["next_change_at"], name="score_due", condition=Q(next_change_at__isnull=False)),
            # Promotion's safety net: qualifying leads, of which few are not yet handed over.
            models.Index(fields=["lead"], name="score_qualifies", condition=Q(qualifies=True)),
            # The lead list sorted by score.
            models.Index(fields=["-total", "-lead"], name="score_highest"),
        ]

    def __str__(self) -> str:
        return f"{self.total}"


class ScoreRequest(models.Model):
    """Work owed: this lead has to be scored again. One row per lead, however much happened."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    requested_at = models.DateTimeField()

    class Meta:
        verbose_name = _("score to compute")
        verbose_name_plural = _("scores to compute")
        # The worker takes the oldest first.
        indexes = [models.Index(fields=["requested_at"], name="score_request_oldest")]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M:%S}"
