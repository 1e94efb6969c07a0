"""The definition of an MQL: a numbered version, its signatures, and bars for single sources."""

import uuid
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models import Campaign, Channel

LARGEST_POINTS: Final = 10_000
MOST_RULES: Final = 200  # of one version, of all three kinds together

# The states in which the content may still change.
EDITABLE: Final = ("draft", "proposed")


class Criteria(models.Model):
    """A numbered version of the MQL definition. Once published it never changes (a trigger says so too)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    sentence = models.TextField(
        _("a lead is ready when ..."),
        max_length=1000,
        help_text=_("The agreement in one sentence both teams would say aloud."),
    )
    threshold = models.PositiveIntegerField(
        _("threshold"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("Points from which a lead is an MQL."),
    )
    fit_cap = models.PositiveIntegerField(
        _("most points for fit"),
        null=True,
        blank=True,
        help_text=_("Who they are counts for no more than this. Empty: no limit."),
    )
    engagement_cap = models.PositiveIntegerField(
        _("most points for engagement"),
        null=True,
        blank=True,
        help_text=_("What they do counts for no more than this. Empty: no limit."),
    )
    minimum_behaviours = models.PositiveSmallIntegerField(
        _("different behaviours needed"),
        default=0,
        help_text=_("How many different behaviour rules have to match before a lead can be an MQL."),
    )
    required_fields = ArrayField(
        models.CharField(max_length=50),
        verbose_name=_("needed before sales may call"),
        default=list,
        blank=True,
        help_text=_("A lead without these waits until they are known."),
    )
    fast_track_counts_past = models.BooleanField(
        _("a fast track counts what happened before"),
        default=False,
        db_default=False,
        help_text=_(
            "Ticked: what a lead did before a fast-track rule came into force makes it an MQL at once, too. Otherwise "
            "only what it does from then on; the points count either way."
        ),
    )
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    # The shipped example is in force before there are two people who could sign.
    is_shipped = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    proposed_at = models.DateTimeField(_("proposed"), null=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)
    # What the two teams promised each other beside the rules when it was proposed: [{"subject", "sentence"}].
    terms = models.JSONField(_("promises"), default=list, db_default=[], editable=False)
    # sha256 of the content at the moment it was proposed; any edit empties it and voids the signatures (trigger).
    content_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("criteria")
        verbose_name_plural = _("criteria")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="published"),
                name="criteria_one_published",
                violation_error_message=_("Other criteria are in force. Publishing replaces them."),
            ),
            models.CheckConstraint(condition=Q(threshold__gte=1), name="criteria_threshold_positive"),
            models.CheckConstraint(
                condition=Q(state__in=EDITABLE) | Q(published_at__isnull=False),
                name="criteria_published_since",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(content_digest="") | Q(is_shipped=True),
                name="criteria_proposed_has_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state="retired") | Q(retired_at__isnull=False, retired_at__gte=F("published_at")),
                name="criteria_retired_later",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def missing_sides(self) -> list[str]:
        """The sides that have not signed exactly what is proposed, in words."""
        signed = {row.side for row in self.signatures.all() if row.content_digest == self.content_digest}
        return [str(side.label) for side in Signature.Side if side not in signed]


class Signature(models.Model):
    """One side's yes to exactly this content. Two sides, two people."""

    class Side(models.TextChoices):
        MARKETING = "marketing", _("marketing")
        SALES = "sales", _("sales")

    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="signatures")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"))
    content_digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("signature")
        ordering = ("side",)
        constraints = [
            models.UniqueConstraint(
                fields=["criteria", "side"],
                name="signature_once_a_side",
                violation_error_message=_("This side has signed already."),
            ),
            models.UniqueConstraint(
                fields=["criteria", "user"],
                name="signature_two_people",
                violation_error_message=_("The other side has to be signed by somebody else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} v{self.criteria_id}"


class Comment(models.Model):
    """What somebody said about a version before, or after, it was signed. Never changed (a trigger)."""

    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=2000)
    created_at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("comment")
        ordering = ("created_at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class SourceBar(models.Model):
    """Extra points to reach for leads of one channel or campaign, until a day on which it is looked at again."""

    criteria = models.ForeignKey(Criteria, models.CASCADE, related_name="source_bars")
    channel = models.ForeignKey(
        Channel, models.PROTECT, verbose_name=_("channel"), null=True, blank=True, related_name="+"
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, verbose_name=_("campaign"), null=True, blank=True, related_name="+"
    )
    extra_points = models.PositiveIntegerField(
        _("extra points"),
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_POINTS)],
        help_text=_("Added to the threshold for leads whose first touch was here."),
    )
    expires_at = models.DateTimeField(_("until"), help_text=_("From then on the normal threshold holds again."))

    class Meta:
        verbose_name = _("higher threshold for a source")
        verbose_name_plural = _("higher thresholds for sources")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__isnull=False, campaign=None) | Q(channel=None, campaign__isnull=False),
                name="source_bar_one_source",
                violation_error_message=_("Choose a channel or a campaign, one of the two."),
            )
        ]

    def __str__(self) -> str:
        return f"+{self.extra_points}"
