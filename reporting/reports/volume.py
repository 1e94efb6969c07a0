"""MQLs per month, beside the month before and the same month a year before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.numbers import number
from reporting import sql
from reporting.charts import Bar, Chart, standing_bars
from reporting.columns import GROWTH, Column
from reporting.filters import Options
from reporting.metrics import MQL_EVENTS, MQLS
from reporting.periods import Period, midnight, months_later, today
from reporting.report import Figure, Report, Result, Row

BEFORE: Final = Column(
    "previous_month",
    gettext_lazy("Month before"),
    gettext_lazy("MQLs of the whole month before."),
    is_of_one_row=True,
)
CHANGE: Final = Column(
    "change",
    gettext_lazy("Change"),
    gettext_lazy("Growth over the month before, once the month is over."),
    kind=GROWTH,
    is_of_one_row=True,
)
YEAR_BEFORE: Final = Column(
    "same_month_last_year",
    gettext_lazy("A year before"),
    gettext_lazy("MQLs of the same month a year before."),
    is_of_one_row=True,
)
CHANGE_IN_A_YEAR: Final = Column(
    "change_in_a_year",
    gettext_lazy("Change in a year"),
    gettext_lazy("Growth over the same month a year before."),
    kind=GROWTH,
    is_of_one_row=True,
)
COLUMNS: Final = (MQLS, MQL_EVENTS, BEFORE, CHANGE, YEAR_BEFORE, CHANGE_IN_A_YEAR)


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
        """Growth over the month before, 0.5 for half as much again; None when there is nothing to compare with."""
        return None if self.is_part else _growth(self.mqls, self.previous_month)

    @property
    def change_in_a_year(self) -> float | None:
        """Growth over the same month a year before, as `change`; None when there is nothing to compare with."""
        return None if self.is_part else _growth(self.mqls, self.same_month_last_year)


@dataclass(frozen=True, slots=True)
class Volume:
    """Every month of the period from the first MQL on, also those without any, oldest first."""

    period: Period
    months: list[Month]
    mqls: int
    mql_events: int


def volume(period: Period, *, now: datetime) -> Volume:
    """Returns the MQLs per month of the period, in one statement.

    Unique leads per month, and how often leads became MQLs; a lead that did in two months counts in both, and
    once in the total. A month at the edge of the period counts the days that are in it.
    """
    compared_from = midnight(months_later(period.starts_on, -12)) if period.starts_on else None
    *months, (_month, unique, times, _whole) = sql.mqls_by_month(period, compared_from=compared_from)
    counted = {month: (mqls, events, whole) for month, mqls, events, whole in months if month}
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


def find(options: Options, *, now: datetime) -> Result:
    """A row for each month, the oldest first; a comparison with a month before the first MQL is None."""
    monthly = volume(options.period, now=now)
    rows = [_row(month) for month in monthly.months]
    most = strongest(rows)
    return Result(
        caption=_("MQLs per month"),
        rows=rows,
        totals={MQLS.key: monthly.mqls, MQL_EVENTS.key: monthly.mql_events},
        is_empty=not monthly.mqls,
        figures=[_strongest_figure(most)] if most else [],
    )


def strongest(rows: Sequence[Row]) -> Row | None:
    """The month with most MQLs, the latest of equals; None when one month alone says nothing."""
    most = max(rows, key=lambda row: (row.number(MQLS), row.key or ""), default=None)
    return most if most and len(rows) > 1 and most.number(MQLS) else None


def _row(month: Month) -> Row:
    values = {column.key: getattr(month, column.key) for column in COLUMNS}
    return Row(month.key, month.label, values, badge=_("part of the month") if month.is_part else "")


def _strongest_figure(month: Row) -> Figure:
    return Figure(
        label=_("Strongest month"),
        value=month.label,
        note=_("%(mqls)s MQLs") % {"mqls": number(month.number(MQLS))},
        definition=_("The month with most MQLs; of equal ones the latest."),
    )


def draw(result: Result) -> Chart:
    """One bar per month; a month that is not whole is grey and says so."""
    bars = [
        Bar(
            tick=date_format(date.fromisoformat(f"{row.key}-01"), "M Y"),
            label=row.label,
            count=row.number(MQLS),
            in_words=_in_words(row),
            is_grey=bool(row.badge),
        )
        for row in result.rows
    ]
    return standing_bars(_("MQLs per month"), bars, columns=(_("Month"), _("MQLs")), alt=_alt(result))


def _in_words(month: Row) -> str:
    sentence = ngettext("%(month)s: %(count)s MQL", "%(month)s: %(count)s MQLs", month.number(MQLS))
    words = sentence % {"month": month.label, "count": number(month.number(MQLS))}
    return _("%(month)s (part of the month)") % {"month": words} if month.badge else words


def _alt(result: Result) -> str:
    if not result.rows:
        return _("No MQLs.")
    sentence = _("Bars, one per month from %(first)s to %(last)s, with %(count)s MQLs together.") % {
        "first": result.rows[0].label,
        "last": result.rows[-1].label,
        "count": number(int(result.totals[MQLS.key] or 0)),
    }
    if (most := strongest(result.rows)) is None:
        return sentence
    return sentence + " " + _("The strongest month was %(month)s.") % {"month": _in_words(most)}


REPORT = Report(
    key="volume",
    title=gettext_lazy("MQLs per month"),
    question=gettext_lazy("How many leads become MQLs each month, compared with the month and the year before?"),
    place=20,
    first_column=gettext_lazy("Month"),
    columns=COLUMNS,
    columns_in_files=(MQLS, MQL_EVENTS, BEFORE, YEAR_BEFORE),
    figures=(MQLS, MQL_EVENTS),
    find=find,
    draw=draw,
    is_latest_first=True,
)
