"""What leads did."""

from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.activity_icons import ICONS
from leads.models.content import Asset, Page
from leads.models.lead import Lead
from leads.models.sources import Campaign, Channel


class Effort(models.IntegerChoices):
    """How much a person had to want it. Reading is little, asking for a demo is much."""

    PASSIVE = 0, _("none: it can happen by itself")
    LOW = 1, _("low: looked at something")
    MEDIUM = 2, _("medium: gave something for it")
    HIGH = 3, _("high: close to buying")


class ActivityType(models.Model):
    """A kind of thing a lead can do."""

    key = models.CharField(
        _("key"), max_length=50, unique=True, help_text=_("How programs name it, such as page_view.")
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("What the lead did, such as: visited a page."))
    effort = models.PositiveSmallIntegerField(_("effort"), choices=Effort, default=Effort.LOW)
    is_active = models.BooleanField(_("in use"), default=True)
    is_by_hand = models.BooleanField(
        _("logged by hand"),
        default=False,
        db_default=False,
        help_text=_("People can log it on the page of a lead, such as: met us in person."),
    )

    class Meta:
        verbose_name = _("activity type")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def icon(self) -> str:
        """A file of static/icons."""
        return ICONS.get(self.key, "dot")


class Machine(models.IntegerChoices):
    """Whether a person or a program did it. Machine activity is kept, marked, and worth nothing."""

    HUMAN = 0, _("person")
    CRAWLER = 1, _("known crawler")
    PREFETCH = 2, _("opened by a mail gateway")
    SCANNER = 3, _("link scanner")
    DECLARED = 4, _("marked as machine by the sender")
    DECIDED = 5, _("program, by decision")
    HEADLESS = 6, _("browser steered by a program")
    DATA_CENTRE = 7, _("from a data centre")
    HIDDEN_LINK = 8, _("followed a link that people do not see")
    TOO_FAST = 9, _("faster than a person")
    OVERRULED = 10, _("person, by decision")
    TAKEN_BACK = 11, _("nobody: it was taken back")


# What a person did, or somebody says a person did: the only activities that count.
BY_PERSON: Final = (Machine.HUMAN, Machine.OVERRULED)


class Activity(models.Model):
    """One thing one lead did at one moment: a narrow row made for scanning, never changed but for verdict and channel.

    Dimensions are never deleted, so their foreign keys are not checked row by row (it doubles the load time).
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="activities", db_index=False)
    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"))
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    visit = models.UUIDField(_("visit"), null=True)
    seconds = models.PositiveIntegerField(_("seconds"), null=True, validators=[MaxValueValidator(86_400)])
    machine = models.PositiveSmallIntegerField(_("done by"), choices=Machine, default=Machine.HUMAN)
    # uuid5(source, message id as sent): 16 bytes that make a repeated message the same row, for ever.
    message_key = models.UUIDField(unique=True)
    # A digest of the content, to tell a repetition from another message under the same id.
    digest = models.BigIntegerField()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ("-occurred_at", "-pk")
        indexes = [
            # Scoring reads all activities of a batch of leads, and with everything a rule may ask in the index it
            # never visits the table, where those of one lead lie far apart. The timeline reads them newest first.
            models.Index(
                fields=["lead", "occurred_at"],
                name="activity_to_score",
                include=["type", "machine", "page", "asset", "campaign", "channel", "visit", "seconds"],
            ),
            # Who took which content (leads/content/chains.py), without a visit to the table.
            models.Index(
                fields=["asset", "type", "lead", "occurred_at"],
                name="activity_of_asset",
                include=["machine"],
                condition=models.Q(asset__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(seconds__lte=86_400), name="activity_seconds_in_a_day"),
            models.CheckConstraint(condition=models.Q(machine__in=Machine.values), name="activity_machine_known"),
        ]

    def __str__(self) -> str:
        return f"{self.type_id} {self.occurred_at:%Y-%m-%d %H:%M}"


# The key of the properties under which the first activity of a visit keeps where that came from.
ARRIVAL: Final = "arrival"


class ActivityProperties(models.Model):
    """The free-form rest of an activity, and what intake had to correct, off the scanned table."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="extra")
    message_id = models.CharField(max_length=200)
    properties = models.JSONField(_("properties"), default=dict)
    corrections = models.JSONField(_("corrected on arrival"), default=list)

    class Meta:
        verbose_name = _("activity properties")
        verbose_name_plural = _("activity properties")
        indexes = [
            # The newest visits of which it is known where they came from, and those of some leads.
            models.Index(
                fields=["activity"], name="activity_began_a_visit", condition=models.Q(properties__has_key=ARRIVAL)
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class LoggedActivity(models.Model):
    """An activity that a person wrote down: who, when, and whether they took it back. Written by leads/by_hand.py."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="logged")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("logged"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("activity logged by hand")
        verbose_name_plural = _("activities logged by hand")

    def __str__(self) -> str:
        return f"{self.activity_id}"
