"""What the engine computed, and how it came to be what it is."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
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
    # The evidence: how often each enabled rule matched, in the order of the rules (position, pk).
    matched = ArrayField(models.IntegerField(), verbose_name=_("matches"))
    # What this lead has to reach: the threshold plus the bar of its source.
    bar = models.PositiveIntegerField(_("to reach"))
    qualifies = models.BooleanField(_("qualifies"))
    # What made it qualify; a lead that only other criteria made one waits for its turn.
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
            # "Changed in 7 days": what leads and time did, read from the index alone.
            models.Index(
                fields=["changed_at"], name="score_change_lately", include=["lead", "was", "total"],
                condition=Q(why__lt=Why.CATALOGUE),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.was} → {self.total}"


class Override(models.Model):
    """Points a person gave or took by hand, with a reason, until a day. No rule explains them, and pages say so."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="overrides")
    points = models.IntegerField(
        _("points"), help_text=_("Added to what the rules say. A negative number takes points away.")
    )
    reason = models.CharField(_("reason"), max_length=500, help_text=_("Why the rules are wrong about this lead."))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("given"), editable=False)
    expires_at = models.DateTimeField(_("until"))
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(_("taken back"), null=True, editable=False)

    class Meta:
        verbose_name = _("points by hand")
        verbose_name_plural = _("points by hand")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(ended_at=None), name="override_one_a_lead",
                violation_error_message=_("This lead has points by hand already. Take them back first."),
            ),
            models.CheckConstraint(condition=~Q(points=0) & Q(points__gte=-10_000, points__lte=10_000),
                                   name="override_points_bounded"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="override_expires_later"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False), name="override_ended_by_somebody"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.points:+}"


class ScoreRequest(models.Model):
    """Work owed: this lead has to be scored again. One row per lead, however much happened."""

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="+")
    requested_at = models.DateTimeField()
    why = models.PositiveSmallIntegerField(choices=Why, default=Why.PROFILE)

    class Meta:
        verbose_name = _("score to compute")
        verbose_name_plural = _("scores to compute")
        # The worker takes the oldest first.
        indexes = [models.Index(fields=["requested_at"], name="score_request_oldest")]

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M:%S}"


class Rescore(models.Model):
    """Work owed: everybody has to be scored again, in chunks. A later one takes over what is left of an earlier one."""

    criteria = models.ForeignKey(Criteria, models.PROTECT, related_name="+")
    why = models.PositiveSmallIntegerField(_("because of"), choices=Why)
    leads = models.PositiveIntegerField(_("leads"))
    requested_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("scoring of everybody")
        verbose_name_plural = _("scorings of everybody")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at=None), name="rescore_one_at_a_time"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}"


class RescoreChunk(models.Model):
    """Leads of neighbouring keys, scored in one transaction that also marks the chunk as done."""

    rescore = models.ForeignKey(Rescore, models.CASCADE, related_name="chunks")
    first_lead = models.BigIntegerField()
    last_lead = models.BigIntegerField()
    leads = models.PositiveIntegerField(validators=[MaxValueValidator(100_000)])
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("part of a scoring")
        verbose_name_plural = _("parts of a scoring")
        ordering = ("pk",)
        # The worker takes the next chunk nobody has done.
        indexes = [models.Index(fields=["id"], name="rescore_chunk_waiting", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.first_lead}-{self.last_lead}"
