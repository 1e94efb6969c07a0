"""MQLs per month, beside the month before and the same month a year before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format

from reporting import sql
from reporting.periods import Period, midnight, months_later, today


@dataclass(frozen=True, slots=True)
class Month:
    """MQLs of one month. What it is compared with is None before the first MQL on record."""

    first: date
    mqls: int
    mql_events: int
    previous_month: int | None
    same_month_last_year: int | None
    # The month is not over, or the period holds only some of its days: not to be compared with whole months.
    is_part: bool

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def label(self) -> str:
        return date_format(self.first, "F Y")

    @property
    def change(self) -> float | None:
        """Growth over the month before; None when there is nothing to compare with."""
        return None if self.is_part else _growth(self.mqls, self.previous_month)

    @property
    def change_in_a_year(self) -> float | None:
        """Growth over the same month a year before; None when there is nothing to compare with."""
        return None if self.is_part else _growth(self.mqls, self.same_month_last_year)


@dataclass(frozen=True, slots=True)
class Volume:
    """Every month of the period from the first MQL on, also those without any, oldest first."""

    period: Period
    months: list[Month]
    mqls: int
    mql_events: int

    @property
    def strongest(self) -> Month | None:
        """The month with most MQLs, the latest of equals; None when one month alone says nothing."""
        if len(self.months) < 2 or not self.mqls:
            return None
        return max(self.months, key=lambda month: (month.mqls, month.first))


def volume(period: Period, *, now: datetime) -> Volume:
    """MQLs per month of the period, in one statement.

    Unique leads per month, and how often leads became MQLs; a lead that did in two months counts in both, and
    once in the total. A month at the edge of the period counts the days that are in it.
    """
    compared_from = midnight(months_later(period.starts_on, -12)) if period.starts_on else None
    *found, (_month, unique, times, _whole) = sql.mqls_by_month(period, compared_from=compared_from)
    counted = {month: (mqls, events, whole) for month, mqls, events, whole in found if month}
    return Volume(period, _months(counted, period, now=now), unique, times)


def _months(counted: dict[date, tuple[int, int, int]], period: Period, *, now: datetime) -> list[Month]:
    """The months without gaps, from the first of the period (or on record) to its last (or this month)."""
    if not counted:
        return []
    this_month = today(now).replace(day=1)
    start, end = min(counted), max(*counted, this_month)
    first = max(start, period.starts_on.replace(day=1)) if period.starts_on else start
    last = min(end, period.ends_on.replace(day=1)) if period.ends_on else end
    span = (last.year - first.year) * 12 + last.month - first.month + 1

    def whole(month: date) -> int | None:
        return counted.get(month, (0, 0, 0))[2] if month >= start else None

    return [
        Month(
            first=month,
            mqls=counted.get(month, (0, 0, 0))[0],
            mql_events=counted.get(month, (0, 0, 0))[1],
            previous_month=whole(months_later(month, -1)),
            same_month_last_year=whole(months_later(month, -12)),
            is_part=month >= this_month or _is_cut(month, period),
        )
        for month in (months_later(first, index) for index in range(span))
    ]


def _is_cut(month: date, period: Period) -> bool:
    last_day = months_later(month, 1) - timedelta(days=1)
    return bool((period.starts_on and period.starts_on > month) or (period.ends_on and period.ends_on < last_day))


def _growth(value: int, before: int | None) -> float | None:
    return (value - before) / before if before else None
