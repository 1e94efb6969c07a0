"""Until when a step waits. Pure: the zone of the lead and the days on which people work are handed in."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from lib.zones import first_moment
from nurture.sequences.steps import WAIT, WAIT_FOR, WAIT_UNTIL, Step

HOURS, DAYS, BUSINESS_DAYS = "hours", "days", "business_days"
UNITS: Final = {HOURS: _("hours"), DAYS: _("days"), BUSINESS_DAYS: _("business days")}
LONGEST: Final = 365
DAY: Final = timedelta(days=1)
# A calendar that opens on no day of these is never open.
FURTHEST: Final = 3 * 366


class Almanac(NamedTuple):
    """The clock a lead lives by, and whether people work on a day."""

    zone: tzinfo
    works_on: Callable[[date], bool]


def wait_end(step: Step, since: datetime, almanac: Almanac) -> datetime:
    """The moment until which the step waits at the latest, in UTC; the moment itself for one that does not wait."""
    match step.kind:
        case kind if kind is WAIT:
            return _after(step.says, since, almanac)
        case kind if kind is WAIT_UNTIL:
            return _next_weekday(step.says, since, almanac)
        case kind if kind is WAIT_FOR:
            return _same_time(since, step.says["days"], almanac.zone)
        case _:
            return since


def read_time(text: str) -> time:
    """A time of day as "09:30"; raises ValueError."""
    return time.fromisoformat(text)


def _after(says: Mapping[str, Any], since: datetime, almanac: Almanac) -> datetime:
    count, unit = says["count"], says["unit"]
    if unit == HOURS:
        return since + timedelta(hours=count)
    if unit == DAYS:
        return _same_time(since, count, almanac.zone)
    day, left = since.astimezone(almanac.zone).date(), count
    for distance in range(1, FURTHEST):
        left -= almanac.works_on(day + DAY * distance)
        if not left:
            return _same_time(since, distance, almanac.zone)
    return _same_time(since, FURTHEST, almanac.zone)


def _same_time(since: datetime, days: int, zone: tzinfo) -> datetime:
    """So many days later at the same time of day on the lead's clock; never before so many days have begun."""
    wall = since.astimezone(zone).replace(tzinfo=None, fold=0) + DAY * days
    return first_moment(wall, zone).astimezone(UTC)


def _next_weekday(says: Mapping[str, Any], since: datetime, almanac: Almanac) -> datetime:
    """The next moment at which the lead's clock shows such a weekday and time, or now if it does."""
    at, came = read_time(says["time"]), since.astimezone(almanac.zone).replace(tzinfo=None, fold=0)
    walls = (datetime.combine(came.date() + DAY * distance, at) for distance in range(8))
    wall = next(wall for wall in walls if wall.weekday() in says["weekdays"] and wall >= came)
    moment = first_moment(wall, almanac.zone)
    # Clocks that were put back since show it a second time.
    return max(moment, moment.replace(fold=1), key=lambda one: one.astimezone(UTC) >= since).astimezone(UTC)
