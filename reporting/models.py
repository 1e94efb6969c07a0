"""What a review of the criteria found and decided, and how often there is one."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.singleton import Singleton
from scoring.models import Criteria


class ReviewDecision(models.TextChoices):
    """What is to become of the criteria, after one of the three questions."""

    TIGHTEN = "tighten", _("Tighten")
    KEEP = "keep", _("Keep")
    LOOSEN = "loosen", _("Loosen")


class ReviewPolicy(Singleton):
    """How often the criteria are reviewed."""

    months = models.PositiveSmallIntegerField(
        _("months between reviews"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
        help_text=_(
            "How many months after criteria came into force, or after their last review, marketing and sales managers "
            "are told by mail that a review is due."
        ),
    )

    class Meta:
        verbose_name = _("schedule of criteria reviews")
        verbose_name_plural = _("schedule of criteria reviews")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="review_policy_is_one"),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=36), name="review_months_bounded"),
        ]

    def __str__(self) -> str:
        return str(_("every %(months)d months") % {"months": self.months})


class CriteriaReview(models.Model):
    """One review: the figures of its moment, and what was decided. It never changes but for its draft (a trigger)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    criteria = models.ForeignKey(Criteria, models.PROTECT, verbose_name=_("version"), related_name="+")
    # What the review was counted from: the publication, or the review before. Two cannot be recorded for one.
    since = models.DateTimeField(_("since"))
    due_on = models.DateField(_("due"))
    figures = models.JSONField(_("figures"))
    good = models.CharField(_("are they good?"), max_length=8, choices=ReviewDecision)
    good_words = models.TextField(_("are they good, in words"), max_length=2000, blank=True)
    missing = models.CharField(_("are we missing people?"), max_length=8, choices=ReviewDecision)
    missing_words = models.TextField(_("are we missing people, in words"), max_length=2000, blank=True)
    early = models.CharField(_("are we sending too early?"), max_length=8, choices=ReviewDecision)
    early_words = models.TextField(_("are we sending too early, in words"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"))
    draft = models.ForeignKey(Criteria, models.SET_NULL, verbose_name=_("draft"), null=True, related_name="+")

    class Meta:
        verbose_name = _("review of the criteria")
        verbose_name_plural = _("reviews of the criteria")
        ordering = ("-decided_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["criteria", "since"],
                name="review_recorded_once",
                violation_error_message=_("This review has been recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    good__in=ReviewDecision.values,
                    missing__in=ReviewDecision.values,
                    early__in=ReviewDecision.values,
                ),
                name="review_decides_each_question",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.criteria_id} {self.decided_at:%Y-%m-%d}"
