"""What events of a site are called, and what is meant by it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from capture.models.site import Site
from leads.models import ActivityType


class EventMeaning(models.Model):
    """What events of a name, or of all names like it, are taken for; it goes before what Baton knows by itself."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="meanings", db_index=False)
    pattern = models.CharField(
        _("event"),
        max_length=200,
        help_text=_("A name as the site sends it; * stands for anything, as in *Downloaded."),
    )
    # As names are compared (capture.segment.event_names.squeezed_pattern).
    pattern_key = models.CharField(max_length=200, editable=False)
    # None: known, and of no use.
    type = models.ForeignKey(
        ActivityType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("is")
    )

    class Meta:
        verbose_name = _("meaning of an event")
        ordering = ("pattern", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "pattern_key"],
                name="event_meaning_once",
                violation_error_message=_("There is a line for this name already, perhaps in another spelling."),
            ),
            models.CheckConstraint(condition=~models.Q(pattern_key=""), name="event_meaning_not_empty"),
        ]

    def __str__(self) -> str:
        return self.pattern


class SeenEvent(models.Model):
    """A name of an event that a site has sent."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="seen_events", db_index=False)
    name = models.CharField(_("event"), max_length=200)
    times = models.PositiveBigIntegerField(_("times"), default=0)
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("event that was seen")
        ordering = ("-last_at", "pk")
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="seen_event_once")]

    def __str__(self) -> str:
        return self.name


class AnonymousCount(models.Model):
    """How often something was done on a site on a day by people who said no: nothing tells them apart."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="anonymous_counts", db_index=False)
    on = models.DateField(_("day"))
    # What was done: page_view, or another activity type.
    type = models.CharField(_("what"), max_length=50)
    page = models.CharField(_("page"), max_length=500, blank=True)
    channel = models.CharField(_("channel"), max_length=100, blank=True)
    times = models.PositiveBigIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("anonymous count")
        ordering = ("-on", "page", "pk")
        constraints = [
            models.UniqueConstraint(fields=["site", "on", "type", "page", "channel"], name="anonymous_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.page}"


class Sighting(models.Model):
    """One of the latest messages of a site, for the page on which somebody watches what comes in."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="sightings", db_index=False)
    at = models.DateTimeField()
    # What it was taken for: {name, type, page, category, channel, machine, whose, problem}, keys and texts.
    facts = models.JSONField()

    class Meta:
        verbose_name = _("sighting")
        ordering = ("-pk",)
        # The newest ones of a site; all others of it are forgotten.
        indexes = [models.Index(fields=["site", "-id"], name="sighting_newest")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.at:%H:%M:%S}"
