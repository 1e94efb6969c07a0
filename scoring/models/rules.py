"""The rules of a criteria version. One table, three kinds; each kind has its own columns and its own admin form."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models import ActivityType, Asset, Campaign, Channel, Page
from leads.models.content import AssetKind, PageCategory
from lib.fields import RegisteredField
from scoring.models.criteria import LARGEST_POINTS, Criteria
from scoring.registry import measures, operators

# An operator is a word, and which words there are is in scoring/registry/operators.py. The database does not list them,
# so that a new one needs no migration; what is no operator is refused by the forms, by `propose` and by the engine, as
# is a field nobody may ask about. The shape is checked here all the same: no text that could be read as SQL is stored.
OPERATOR_SHAPE = r"^[a-z]+(_[a-z]+)*$"


class Gate(models.TextChoices):
    NONE = "none", _("just points")
    REQUIRED = "required", _("has to match to be an MQL")
    FAST_TRACK = "fast_track", _("MQL at once, top of the queue")
    BLOCKS = "blocks", _("never an MQL")


class Rule(models.Model):
    """One line of the agreement: what has to be true, and what it is worth."""

    class Kind(models.TextChoices):
        BEHAVIOUR = "behaviour", _("behaviour")
        FIT = "fit", _("fit")
        COMBINATION = "combination", _("combination")

    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="rules")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, editable=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))
    name = models.CharField(
        _("name"), max_length=120, help_text=_("As people say it, such as: visited the pricing page.")
    )
    points = models.IntegerField(
        _("points"),
        default=0,
        validators=[MinValueValidator(-LARGEST_POINTS), MaxValueValidator(LARGEST_POINTS)],
        help_text=_("What one match is worth. A negative number takes points away."),
    )
    gate = models.CharField(
        _("effect"), max_length=10, choices=Gate, default=Gate.NONE, help_text=_("What a match means besides points.")
    )
    is_enabled = models.BooleanField(_("in use"), default=True)

    # --- behaviour: which activities count ...
    activity_type = models.ForeignKey(
        ActivityType, models.PROTECT, verbose_name=_("did what"), null=True, blank=True, related_name="+",
        help_text=_("Empty: any activity."),
    )  # fmt: skip
    asset = models.ForeignKey(Asset, models.PROTECT, verbose_name=_("asset"), null=True, blank=True, related_name="+")
    asset_kind = models.CharField(_("kind of asset"), max_length=20, choices=AssetKind, blank=True)
    page = models.ForeignKey(Page, models.PROTECT, verbose_name=_("page"), null=True, blank=True, related_name="+")
    page_category = models.CharField(_("kind of page"), max_length=20, choices=PageCategory, blank=True)
    on_key_page = models.BooleanField(_("key pages only"), default=False, db_default=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, verbose_name=_("campaign"), null=True, blank=True, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, verbose_name=_("channel"), null=True, blank=True, related_name="+"
    )
    within_days = models.PositiveSmallIntegerField(
        _("within days"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("How many days back activities count. Empty: all the way back."),
    )  # fmt: skip
    after_activity_type = models.ForeignKey(
        ActivityType, models.PROTECT, verbose_name=_("only after"), null=True, blank=True, related_name="+",
        help_text=_("Only what happened after the lead first did this."),
    )  # fmt: skip
    # --- ... and how they count
    measure = RegisteredField(_("count"), max_length=10, choices=measures.choices, default=measures.USUAL)
    at_least = models.PositiveIntegerField(
        _("a match for every"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("3 visits is one match, 6 are two. With 1 each counts."),
    )  # fmt: skip
    max_times = models.PositiveIntegerField(
        _("at most matches"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("How often the points can be earned."),
    )  # fmt: skip
    half_life_days = models.PositiveSmallIntegerField(
        _("halves every days"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_(
            "After this many days what they did counts half as much: 10 points are 5 then, and 0 in the end. Parts "
            "of a match count too: 1 visit of 2 is half the points. Empty: it does not fade."
        ),
    )  # fmt: skip

    # --- fit: a field of the lead or the company (names only from scoring/registry/fit_fields.py)
    field = models.CharField(_("field"), max_length=50, blank=True)
    operator = RegisteredField(_("condition"), max_length=12, choices=operators.choices, blank=True)
    values = models.JSONField(_("values"), default=list, blank=True)

    # --- combination: all of these have to match
    requires = models.ManyToManyField(
        "self", symmetrical=False, verbose_name=_("all of these"), blank=True, related_name="used_by"
    )

    class Meta:
        verbose_name = _("rule")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=-LARGEST_POINTS, points__lte=LARGEST_POINTS),
                name="rule_points_bounded",
                violation_error_message=_("A rule is worth between -10,000 and 10,000 points."),
            ),
            models.CheckConstraint(condition=Q(kind__in=("behaviour", "fit", "combination")), name="rule_kind_known"),
            models.CheckConstraint(condition=Q(gate__in=Gate.values), name="rule_gate_known"),
            models.CheckConstraint(
                condition=Q(at_least__gte=1, max_times__gte=1, max_times__lte=1000), name="rule_repeat_positive"
            ),
            models.CheckConstraint(
                condition=~Q(kind="fit") | (~Q(field="") & Q(operator__regex=OPERATOR_SHAPE)),
                name="rule_fit_has_condition",
                violation_error_message=_("A fit rule needs a field and a condition."),
            ),
            models.CheckConstraint(
                # How a sum fades is part of the engine: another measure that can is worth a migration.
                condition=~Q(half_life_days__isnull=False) | Q(measure__in=measures.FADING),
                name="rule_half_life_needs_count",
                violation_error_message=_("Fading works on times and seconds only."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfKind(models.Manager[Any]):
    """The rules of one kind, and only they, for the admin form of that kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(kind=self.kind)


class BehaviourRule(Rule):
    objects: ClassVar[OfKind] = OfKind(Rule.Kind.BEHAVIOUR)

    class Meta:
        proxy = True
        verbose_name = _("behaviour rule")
        verbose_name_plural = _("What they do")


class FitRule(Rule):
    objects: ClassVar[OfKind] = OfKind(Rule.Kind.FIT)

    class Meta:
        proxy = True
        verbose_name = _("fit rule")
        verbose_name_plural = _("Who they are")


class CombinationRule(Rule):
    objects: ClassVar[OfKind] = OfKind(Rule.Kind.COMBINATION)

    class Meta:
        proxy = True
        verbose_name = _("combination rule")
        verbose_name_plural = _("Combinations")
