"""Business hours: worked examples, clock changes, and the same as counting minute by minute."""

import os
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from handoff.deadlines.hours import Hours, NeverOpen, add_business, open_stretches

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# So many random calendars and moments a zone; docs/sla.md says what 5,000 take.
CASES: Final = int(os.environ.get("BATON_CLOCK_CASES", "60"))
Week = tuple[tuple[tuple[time, time], ...], ...]

# Where wall clocks do the oddest things, and when: half an hour in summer, a day left out, changes at midnight,
# a quarter of an hour off, and a summer time that stops for Ramadan.
ZONES: Final[dict[str, tuple[date, ...]]] = {
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4), date(1981, 3, 1)),
    "Pacific/Apia": (date(2011, 12, 30), date(2012, 4, 1), date(2026, 3, 10)),
    "Europe/Lisbon": (date(2026, 3, 29), date(2026, 10, 25), date(1992, 9, 27)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14)),
    "Asia/Kathmandu": (date(1986, 1, 1), date(2026, 3, 10), date(2026, 10, 25)),
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22), date(2027, 2, 7)),
}


def business_between(worked: Hours, since: datetime, until: datetime) -> timedelta:
    """How long people work between two moments; nothing when the second is not later."""
    return sum((closes - opens for opens, closes in open_stretches(worked, since, until)), timedelta(0))


def hours(
    zone: str = "UTC", *, days: str = "12345", between: tuple[str, ...] = ("09:00-17:00",), **more: object
) -> Hours:
    """Weekdays as 1 to 7, Monday first, each with the same times."""
    stretches = tuple((time.fromisoformat(each[:5]), time.fromisoformat(each[6:])) for each in between)
    week: Week = tuple(stretches if str(day + 1) in days else () for day in range(7))
    return Hours(zone=ZoneInfo(zone), week=week, **more)  # type: ignore[arg-type]


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


class TestWorkedExamples:
    def test_an_hour_from_friday_half_past_four_ends_on_monday_half_past_nine(self) -> None:
        assert add_business(hours(), at("2026-03-13T16:30"), HOUR) == at("2026-03-16T09:30")

    def test_ten_hours_from_wednesday_three_end_on_thursday_at_five(self) -> None:
        ten_to_six = hours(between=("10:00-18:00",))
        assert add_business(ten_to_six, at("2026-03-11T15:00"), 10 * HOUR) == at("2026-03-12T17:00")

    def test_a_lunch_break_does_not_count(self) -> None:
        lunch = hours(between=("09:00-12:30", "13:30-17:00"))
        assert add_business(lunch, at("2026-03-10T12:00"), HOUR) == at("2026-03-10T14:00")

    def test_what_ends_with_the_day_ends_at_closing_time_and_not_the_next_morning(self) -> None:
        assert add_business(hours(), at("2026-03-13T16:00"), HOUR) == at("2026-03-13T17:00")

    def test_what_is_passed_at_night_starts_in_the_morning(self) -> None:
        assert add_business(hours(), at("2026-03-14T23:00"), HOUR) == at("2026-03-16T10:00")

    def test_midnight_is_the_end_of_the_day(self) -> None:
        late = hours(days="1", between=("22:00-00:00",))
        assert add_business(late, at("2026-03-16T23:30"), HOUR) == at("2026-03-23T22:30")

    def test_round_the_clock_is_elapsed_time(self) -> None:
        always = hours("Europe/Lisbon", days="1234567", between=("00:00-00:00",))
        start = at("2026-03-28T12:00", "Europe/Lisbon")
        assert add_business(always, start, 24 * HOUR) == start.astimezone(UTC) + 24 * HOUR

    def test_holidays_and_own_days(self) -> None:
        holiday = date(2026, 3, 16)
        friday = at("2026-03-13T16:30")
        assert add_business(hours(holidays={holiday}), friday, HOUR) == at("2026-03-17T09:30")
        assert add_business(hours(closed=frozenset({holiday})), friday, HOUR) == at("2026-03-17T09:30")
        works = hours(holidays={holiday}, opened=frozenset({holiday}))
        assert add_business(works, friday, HOUR) == at("2026-03-16T09:30")

    def test_it_counts_in_the_zone_of_the_calendar(self) -> None:
        tokyo = hours("Asia/Tokyo")
        assert add_business(tokyo, at("2026-03-12T23:30"), HOUR) == at("2026-03-13T01:00")

    def test_nothing_to_count(self) -> None:
        start = at("2026-03-14T12:00", "Europe/Lisbon")
        assert add_business(hours(), start, timedelta(0)) == start
        assert business_between(hours(), start, start - DAY) == timedelta(0)


class TestClockChanges:
    def test_opening_at_a_time_that_does_not_exist_is_opening_at_the_next_that_does(self) -> None:
        """New York has no 02:30 on 8 March 2026: it goes from 02:00 to 03:00."""
        early = hours("America/New_York", days="7", between=("02:30-04:00",))
        assert add_business(early, at("2026-03-08T00:00", "America/New_York"), HOUR) == at("2026-03-08T08:00")
        assert business_between(early, at("2026-03-08T00:00"), at("2026-03-09T00:00")) == HOUR

    def test_hours_that_are_left_out_altogether_do_not_count(self) -> None:
        gone = hours("America/New_York", days="7", between=("02:00-03:00",))
        assert business_between(gone, at("2026-03-08T00:00"), at("2026-03-09T00:00")) == timedelta(0)

    def test_both_passes_of_a_repeated_hour_count(self) -> None:
        """New York has 01:00 to 02:00 twice on 1 November 2026, from 05:00 and from 06:00 UTC."""
        night = hours("America/New_York", days="7", between=("01:00-02:00",))
        assert add_business(night, at("2026-11-01T00:00", "America/New_York"), 2 * HOUR) == at("2026-11-01T07:00")

    def test_half_of_a_repeated_hour_counts_in_each_pass(self) -> None:
        night = hours("America/New_York", days="7", between=("01:00-01:30",))
        assert add_business(night, at("2026-11-01T00:00", "America/New_York"), 45 * MINUTE) == at("2026-11-01T06:15")

    def test_a_day_that_was_left_out_has_no_hours(self) -> None:
        """Apia went from Thursday 29 to Saturday 31 December 2011."""
        apia = hours("Pacific/Apia")
        assert add_business(apia, at("2011-12-29T16:30", "Pacific/Apia"), HOUR) == at(
            "2012-01-02T09:30", "Pacific/Apia"
        )


class TestNeverOpen:
    def test_no_hours_at_all(self) -> None:
        with pytest.raises(NeverOpen):
            add_business(hours(days=""), at("2026-03-10T09:00"), HOUR)

    def test_too_few_in_three_years(self) -> None:
        rare = hours(days="1", between=("09:00-09:01",))
        assert add_business(rare, at("2026-03-10T09:00"), HOUR).year == 2027
        with pytest.raises(NeverOpen):
            add_business(rare, at("2026-03-10T09:00"), 3 * HOUR)

    def test_every_day_is_a_holiday(self) -> None:
        class Everything:
            def __contains__(self, day: object) -> bool:
                return True

        with pytest.raises(NeverOpen):
            add_business(hours(holidays=Everything()), at("2026-03-10T09:00"), HOUR)


def count_minutes(hours: Hours, since: datetime, until: datetime) -> int:
    """What the wall clock says at each minute of UTC, one after the other: the slow way nobody can get wrong."""
    found, moment = 0, since
    while moment < until:
        found += is_open(hours, moment)
        moment += MINUTE
    return found


def nth_minute(hours: Hours, since: datetime, minutes: int, latest: datetime) -> datetime | None:
    """The end of the minute in which so many have been worked; None when that is after `latest`."""
    moment = since
    while moment < latest:
        minutes -= is_open(hours, moment)
        moment += MINUTE
        if minutes == 0:
            return moment
    return None


def is_open(hours: Hours, moment: datetime) -> bool:
    wall = moment.astimezone(hours.zone)
    day, clock = wall.date(), wall.time()
    if day in hours.closed or (day in hours.holidays and day not in hours.opened):
        return False
    return any(opens <= clock and (closes == time(0) or clock < closes) for opens, closes in hours.week[day.weekday()])


def any_hours(zone: str, around: date, random: Random) -> Hours:
    """Some weekdays with up to three stretches each, and some days that are holidays, closed or open all the same."""
    days = [around + timedelta(days=offset) for offset in range(-2, 4)]
    return Hours(
        zone=ZoneInfo(zone),
        week=tuple(any_day(random) for _ in range(7)),
        holidays={day for day in days if random.random() < 0.2},
        closed=frozenset(day for day in days if random.random() < 0.1),
        opened=frozenset(day for day in days if random.random() < 0.1),
    )


def any_day(random: Random) -> tuple[tuple[time, time], ...]:
    if random.random() < 0.2:
        return ()
    # Mostly near the hours at which clocks change.
    highest = random.choice((4 * 60, 24 * 60))
    bounds = sorted(random.sample(range(highest + 1), 2 * random.randint(1, 3)))
    return tuple((clock(opens), clock(closes)) for opens, closes in zip(bounds[::2], bounds[1::2], strict=True))


def clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


@pytest.mark.parametrize("zone", ZONES)
def test_it_is_the_same_as_counting_minutes(zone: str) -> None:
    random = Random(f"{zone} 41")
    for _case in range(CASES):
        around = random.choice(ZONES[zone])
        worked = any_hours(zone, around, random)
        start = datetime.combine(around, time(0), UTC) + timedelta(minutes=random.randint(-2 * 1440, 1440))
        until = start + timedelta(minutes=random.randint(0, 2 * 1440))
        assert business_between(worked, start, until) == count_minutes(worked, start, until) * MINUTE, (worked, start)
        minutes = random.randint(1, 1200)
        expected = nth_minute(worked, start, minutes, start + 3 * DAY)
        if expected:
            assert add_business(worked, start, minutes * MINUTE) == expected, (worked, start, minutes)
