"""What the engine computed, and how it came to be what it is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models import Lead
from scoring.models.criteria import Criteria
from scoring.models.personas import Persona


class Why(models.IntegerChoices):
    """What made a score be computed. Of several reasons at once the smallest number is told."""

    ACTIVITY = 1, _("did something")
    PROFILE = 2, _("became better known")
    BY_HAND = 3, _("points by hand")
    TIME = 4, _("time passed")
    CATALOGUE = 5, _("a page, an asset, a channel or a persona means something else")
    PUBLICATION = 6, _("other criteria")
    IMPORT = 7, _("came with an import")
    KEPT_BACK = 8, _("came with an import that is not for sales")


class Score(models.Model):
    """The score of one lead under one criteria version: a function of what is stored, never a counter."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="score")
    # Not checked row by row: a publication moves every score, and what was published is never deleted (a trigger).
    criteria = models.ForeignKey(Criteria, models.PROTECT, related_name="+", db_constraint=False)
    total = models.BigIntegerField(_("score"))
    fit = models.BigIntegerField(_("fit"))
    engagement = models.BigIntegerField(_("engagement"))
    by_hand = models.BigIntegerField(_("by hand"), default=0)
    grade = models.CharField(_("grade"), max_length=2)
    # The evidence: how often each enabled rule matched, in the order of the rules (position, pk); millionths of a match
    # where the rule fades (scoring/engine/worth.py).
    matched = ArrayField(models.IntegerField(), verbose_name=_("matches"))
    # What this lead has to reach: the threshold plus the bar of its source.
    bar = models.PositiveIntegerField(_("to reach"))
    qualifies = models.BooleanField(_("qualifies"))
    # What made it qualify; a lead that only other criteria or an import made one waits for its turn.
    qualified_by = models.PositiveSmallIntegerField(_("qualifies because it"), choices=Why, null=True)
    is_fast_track = models.BooleanField(_("fast track"))
    is_blocked = models.BooleanField(_("blocked"))
    # The persona of which most conditions are met, and how many of a hundred.
    persona = models.ForeignKey(
        Persona, models.SET_NULL, verbose_name=_("persona"), null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    persona_share = models.PositiveSmallIntegerField(_("of its conditions"), default=0)
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


class ScoreChange(models.Model):
    """One step in the history of a score. Written by the engine with the score itself, never changed (a trigger).

    The engine holds the lead while it writes, so the foreign keys are not checked row by row.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="score_changes", db_constraint=False, db_index=False)
    changed_at = models.DateTimeField(_("when"))
    criteria = models.ForeignKey(Criteria, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    was = models.BigIntegerField(_("from"))
    total = models.BigIntegerField(_("to"))
    qualifies = models.BooleanField(_("qualifies"))
    why = models.PositiveSmallIntegerField(_("because it"), choices=Why)

    class Meta:
        verbose_name = _("change of a score")
        verbose_name_plural = _("changes of scores")
        ordering = ("-changed_at", "-pk")
        indexes = [
            # The line on the page of a lead.
            models.Index(fields=["lead", "-changed_at"], name="score_change_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.was} → {self.total}"
