"""Spans of days, in the organisation's time zone (settings.TIME_ZONE), whoever reads the report."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A cohort is still filling while it holds leads younger than this.
MATURE_AFTER: Final = timedelta(days=90)


class Preset(models.TextChoices):
    """Periods people ask for by name."""

    ALL = "all", _("All time")
    THIS_MONTH = "this_month", _("This month")
    LAST_QUARTER = "last_quarter", _("Last quarter")
    LAST_12_MONTHS = "last_12_months", _("Last 12 months")


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; None leaves that side open."""

    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def starts_at(self) -> datetime | None:
        return midnight(self.starts_on) if self.starts_on else None

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after the period."""
        return midnight(self.ends_on + timedelta(days=1)) if self.ends_on else None


def midnight(day: date) -> datetime:
    """The moment a day begins for the organisation."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def today(now: datetime) -> date:
    """The organisation's day."""
    return timezone.localtime(now, timezone.get_default_timezone()).date()


def months_later(first: date, months: int) -> date:
    """The first day of the month so many months after (or, negative, before) the month of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def named(preset: str, *, now: datetime) -> Period:
    """The days of a preset. The last 12 months are this month so far and the eleven before it."""
    day = today(now)
    if preset == Preset.THIS_MONTH:
        return Period(day.replace(day=1), day)
    if preset == Preset.LAST_QUARTER:
        this_quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return Period(months_later(this_quarter, -3), this_quarter - timedelta(days=1))
    if preset == Preset.LAST_12_MONTHS:
        return Period(months_later(day, -11), day)
    return Period()


def mature_before(now: datetime) -> datetime:
    """Leads created from this moment on are younger than MATURE_AFTER, in whole days."""
    return midnight(today(now) - MATURE_AFTER)
