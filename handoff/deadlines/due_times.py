"""When an answer is due, and when a rep is warned."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from handoff.deadlines.hours import Hours, NeverOpen, add_business
from handoff.deadlines.public_holidays import public_holidays
from handoff.models import Calendar, OpenHours, OwnDay, SlaPolicy
from lib.moments import duration_words

# The shares of the time to answer after which a rep is warned, once each.
HALF: Final = 0.5
NEARLY: Final = 0.9


class Deadlines(NamedTuple):
    """The moments of one handoff's clock, in UTC."""

    half_at: datetime
    nearly_at: datetime
    respond_by: datetime


def deadlines(policy: SlaPolicy, *passed_at: datetime) -> list[Deadlines]:
    """All three of each moment on the policy's clock: business hours of its calendar, or hours as they pass.

    Elapsed hours are counted in UTC, so that a day with a clock change still has 24. Raises NeverOpen for a calendar
    that does not open for so many hours within three years; one like this cannot be saved.
    """
    span = policy.respond_within
    if policy.clock == SlaPolicy.Clock.BUSINESS and policy.calendar is not None:
        hours = hours_of(policy.calendar)
        try:
            return [
                Deadlines(*(add_business(hours, start, span * share) for share in (HALF, NEARLY, 1)))
                for start in passed_at
            ]
        except NeverOpen as error:
            sentence = _("“%(calendar)s” is not open for %(time)s within three years; change the calendar.")
            raise NeverOpen(
                sentence % {"calendar": policy.calendar, "time": duration_words(policy.respond_within)}
            ) from error
    starts = (start.astimezone(UTC) for start in passed_at)
    return [Deadlines(start + span * HALF, start + span * NEARLY, start + span) for start in starts]


def hours_of(calendar: Calendar) -> Hours:
    """The calendar as the clock reads it; three queries at most."""
    return read_hours(calendar, calendar.hours.all(), calendar.own_days.all())


def read_hours(calendar: Calendar, hours: Iterable[OpenHours], own_days: Iterable[OwnDay]) -> Hours:
    """The same of rows that need not be stored yet."""
    stretches = sorted((each.weekday, each.opens_at, each.closes_at) for each in hours)
    own_days = list(own_days)
    return Hours(
        zone=ZoneInfo(calendar.time_zone),
        week=tuple(tuple((opens, closes) for on, opens, closes in stretches if on == day) for day in range(7)),
        holidays=public_holidays(calendar.country, calendar.subdivision),
        closed=frozenset(each.on for each in own_days if not each.is_open),
        opened=frozenset(each.on for each in own_days if each.is_open),
    )


def is_ever_over(hours: Hours, span: timedelta, *, since: datetime) -> bool:
    """Whether people work for so long within three years."""
    try:
        add_business(hours, since, span)
    except NeverOpen:
        return False
    return True
