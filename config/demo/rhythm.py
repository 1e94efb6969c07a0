"""When things happen: weeks with weekends, a summer that is quiet, a business that grows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

# How busy the days from Monday to Sunday are.
OF_WEEKDAY: Final = (1.0, 1.1, 1.1, 1.0, 0.8, 0.16, 0.14)
OF_MONTH: Final = (0.9, 1.0, 1.05, 1.0, 1.05, 1.0, 0.7, 0.6, 1.05, 1.15, 1.1, 0.75)
GROWTH: Final = 1.8  # the last month against the first
# How busy the hours of a day are, from midnight.
OF_HOUR: Final = (1, 1, 0, 0, 1, 2, 4, 9, 18, 24, 24, 20, 14, 18, 22, 22, 18, 12, 8, 7, 7, 6, 4, 2)


def arrivals(rng: Random, *, count: int, start: datetime, end: datetime) -> list[datetime]:
    """So many moments between start and end, in order, as busy as the days are."""
    days = [start.date() + timedelta(days=number) for number in range((end.date() - start.date()).days + 1)]
    weights = [
        OF_WEEKDAY[day.weekday()] * OF_MONTH[day.month - 1] * GROWTH ** (number / len(days))
        for number, day in enumerate(days)
    ]
    chosen = (moment_of(rng, day) for day in rng.choices(days, weights, k=count))
    # What falls out of the first or the last day comes a moment after the start, or before the end.
    return sorted(
        moment if start < moment < end else start + (end - start) * rng.uniform(0.001, 0.999) for moment in chosen
    )


def moment_of(rng: Random, day: date) -> datetime:
    """A moment of this day, most likely in working hours."""
    hour = rng.choices(range(24), OF_HOUR)[0]
    return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), UTC)


def days_later(rng: Random, moment: datetime, days: float) -> datetime:
    """Some time on a day about so many days later; weekends are put off to Monday, mostly."""
    day = (moment + timedelta(days=days)).date()
    if day.weekday() > 4 and rng.random() < 0.8:
        day += timedelta(days=7 - day.weekday())
    return max(moment_of(rng, day), moment + timedelta(minutes=rng.randint(2, 50)))


def intake_moments(rng: Random, *, start: datetime, end: datetime) -> Iterator[datetime]:
    """When what has happened is taken in: twice on working days, once at weekends, every hour at the very end."""
    busy = end - timedelta(days=1)
    day = start.date()
    while day <= end.date():
        for hour in (11, 17) if day.weekday() < 5 else (15,):
            moment = datetime.combine(day, time(hour), UTC) + timedelta(seconds=rng.randint(-4000, 4000))
            if start < moment < busy:
                yield moment
        day += timedelta(days=1)
    for hours in range(24):
        yield busy + timedelta(hours=hours, minutes=rng.randint(1, 50))
    yield end


def after_work(moment: datetime, hours: float, *, weekends: bool) -> datetime:
    """The moment after so many hours of work; weekends have two hours for those who look in."""
    left = timedelta(hours=hours)
    while True:
        opens, closes = _shift(moment.date(), weekends=weekends)
        begins = max(moment, opens)
        room = max(closes - begins, timedelta(0))
        if left < room:
            return begins + left
        left -= room
        moment = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)


def _shift(day: date, *, weekends: bool) -> tuple[datetime, datetime]:
    midnight = datetime.combine(day, time(), UTC)
    if day.weekday() < 5:
        return midnight + timedelta(hours=8), midnight + timedelta(hours=18)
    return midnight + timedelta(hours=10), midnight + timedelta(hours=12 if weekends else 10)
