"""When people work: the calendars a business clock counts by."""

from collections.abc import Collection
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.zones import zone_name

WEEKDAYS: Final = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class Calendar(models.Model):
    """A time zone, the hours of each weekday, and the days nobody works."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        help_text=_("The clock the hours are read on, such as Europe/Lisbon."),
    )
    country = models.CharField(
        _("public holidays of"),
        max_length=2,
        blank=True,
        help_text=_("A country in two letters, such as PT. Empty: no public holidays."),
    )
    subdivision = models.CharField(
        _("region"), max_length=10, blank=True, help_text=_("A region with holidays of its own, such as BY of DE.")
    )

    class Meta:
        verbose_name = _("calendar")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """A clock nobody knows cannot be read."""
        super().clean_fields(exclude=exclude)
        try:
            zone_name(self.time_zone)
        except ValidationError as error:
            raise ValidationError({"time_zone": error}) from error


class OpenHours(models.Model):
    """One stretch of a weekday on which people work; a day may have several."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    opens_at = models.TimeField(_("from"))
    # Midnight at the end of the day is 00:00 here: a day ends with it, and none begins with it.
    closes_at = models.TimeField(_("to"), help_text=_("00:00 is midnight at the end of the day."))

    class Meta:
        verbose_name = _("open hours")
        verbose_name_plural = _("open hours")
        ordering = ("weekday", "opens_at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday_known"),
            models.CheckConstraint(
                condition=Q(closes_at="00:00") | Q(closes_at__gt=F("opens_at")),
                name="hours_close_after_open",
                violation_error_message=_("The hours have to end after they begin."),
            ),
            models.UniqueConstraint(fields=["calendar", "weekday", "opens_at"], name="hours_begin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"


class OwnDay(models.Model):
    """A day on which nobody works, or on which people work although it is a public holiday."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="own_days")
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100, help_text=_("Such as “Company day”."))
    is_open = models.BooleanField(
        _("people work"), default=False, help_text=_("Ticked: the usual hours of its weekday hold all the same.")
    )

    class Meta:
        verbose_name = _("own day")
        ordering = ("on", "pk")
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="own_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
