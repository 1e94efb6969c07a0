"""Business time: the hours people work, and counting by them. Pure: it knows no model and no clock of its own."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
NOTHING: Final = timedelta(0)
MIDNIGHT: Final = time(0)
# A span that is not over by then has no end that anybody could be held to.
FURTHEST: Final = timedelta(days=3 * 366)


class NeverOpen(Exception):
    """These hours do not come within three years."""


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When people work, on the wall clock of one zone.

    `week` has one entry a weekday, Monday first: the times between which people work, in order and without overlap;
    to 00:00 means to midnight at the end of the day. `holidays` and `closed` are days on which nobody works, `opened`
    are days on which the usual hours of their weekday hold although they are holidays.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[time, time], ...], ...]
    holidays: Container[date] = ()
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def on(self, day: date) -> tuple[tuple[time, time], ...]:
        """The times between which people work on that day; none when nobody does."""
        if day in self.closed or (day in self.holidays and day not in self.opened):
            return ()
        return self.week[day.weekday()]


def add_business(hours: Hours, start: datetime, span: timedelta) -> datetime:
    """The first moment at which people have worked for `span` since `start`, in UTC.

    What counts are the seconds that really pass while people work: of an hour that a clock change repeats both
    passes, of one it leaves out nothing. So hours that begin at a time that does not exist begin at the next that
    does. Raises NeverOpen for a span that is not over within three years.
    """
    if span <= NOTHING:
        return start.astimezone(UTC)
    left = span
    for opens, closes in open_stretches(hours, start, start + FURTHEST):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise NeverOpen


def open_stretches(hours: Hours, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when to when people work between two moments, in UTC and in order."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    for begin, end, offset in _steady(hours.zone, since, until):
        # As long as the zone keeps its offset, the wall clock is plain arithmetic.
        for wall_opens, wall_closes in _on_the_wall(hours, begin + offset, end + offset):
            opens, closes = max(wall_opens - offset, begin, since), min(wall_closes - offset, end, until)
            if opens < closes:
                yield opens, closes


def _steady(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cuts the time into pieces of a day or less, so that the zone keeps one offset to UTC throughout each."""
    begin = since.replace(microsecond=0)
    while begin < until:
        offset, end = _offset(zone, begin), begin + DAY
        if _offset(zone, end) != offset:
            end = _change(zone, begin, end)
        yield begin, end, offset
        begin = end


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the zone's offset is another one than `before`."""
    offset = _offset(zone, before)
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NOTHING


def _on_the_wall(hours: Hours, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The hours of each day that the wall clock shows from `begin` to `end`."""
    day = begin.date()
    while day <= end.date():
        for opens, closes in hours.on(day):
            # Midnight at the end of the day is the beginning of the next.
            last = day + DAY if closes == MIDNIGHT else day
            yield datetime.combine(day, opens, UTC), datetime.combine(last, closes, UTC)
        day += DAY
