"""Who converts: which kind of lead becomes a customer once it is an MQL, beside all others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Final

from django.utils.translation import gettext as _

from reporting.metrics import MQL_TO_CUSTOMER, Counts
from reporting.options import Options, Segment
from reporting.segments_sql import counts_by_segment
from scoring.analysis.intervals import wilson

SHOWN: Final = 20
# Fewer MQLs say nothing: one customer more or less would turn the verdict.
ENOUGH: Final = 30
SIZES: Final = ("0", "1-10", "11-50", "51-200", "201-500", "501-1,000", "1,001+")
UNKNOWN: Final = ""


@dataclass(frozen=True, slots=True)
class Segmented:
    """Leads that have something in common. `stands_out` is "above", "below" or nothing."""

    key: str
    label: str
    counts: Counts
    stands_out: str = ""


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments with most MQLs first, the rest in one."""

    options: Options
    rows: list[Segmented]
    others: int
    rest: Counts
    totals: Counts


def segments(options: Options, *, now: datetime) -> Segments:
    """The cohort of the options by one thing known of its leads; one statement.

    A segment stands out when the 95 % interval (Wilson) of its rate MQL to customer lies wholly above or below the rate
    of all MQLs, and it has ENOUGH of them. What is not known is a segment of its own.
    """
    found = counts_by_segment(options, now=now)
    totals = _sum(numbers for _key, _label, numbers in found)
    ranked = sorted(found, key=lambda row: (-row[2].mqls, -row[2].leads, row[0] or ""))
    rows = [
        Segmented(key or UNKNOWN, _label(options.segment, key, written), numbers, _stands_out(numbers, totals))
        for key, written, numbers in ranked[:SHOWN]
    ]
    rest = ranked[SHOWN:]
    return Segments(options, rows, len(rest), _sum(numbers for _key, _label, numbers in rest), totals)


def _label(segment: Segment, key: str | None, written: str) -> str:
    if key is None:
        return _("Not known")
    if segment == Segment.COMPANY_SIZE:
        return _("%(size)s people") % {"size": SIZES[int(key)]}
    return written or key


def _stands_out(counts: Counts, totals: Counts) -> str:
    rate = MQL_TO_CUSTOMER.of(totals)
    if rate is None or counts.mqls < ENOUGH:
        return ""
    share = wilson(counts.customers_from_mqls, counts.mqls)
    return "above" if share.low > rate else "below" if share.high < rate else ""


def _sum(numbers: Iterable[Counts]) -> Counts:
    return reduce(add, numbers, Counts())
