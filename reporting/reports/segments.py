"""Who converts: which kind of lead becomes a customer once it is an MQL, beside all others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.intervals import wilson
from lib.numbers import number
from reporting.columns import TEXT, Column
from reporting.counting import total
from reporting.filters import Mode, Options
from reporting.metrics import (
    CONVERSION,
    CONVERSION_COUNTS,
    CONVERSION_RATES,
    ENOUGH,
    LEADS,
    MQL_TO_CUSTOMER,
    Counts,
    facts_of,
    values_of,
)
from reporting.report import Report, Result, Row
from reporting.segments_sql import SEGMENT, Segment, counts_by_segment
from reporting.wording import cohort_notes

SHOWN: Final = 20
SIZES: Final = ("0", "1-10", "11-50", "51-200", "201-500", "501-1,000", "1,001+")
UNKNOWN: Final = ""
NAME: Final = Column(
    "label",
    gettext_lazy("Name"),
    gettext_lazy("The segment as it is written most often. The last row says how many further segments it sums up."),
    kind=TEXT,
    is_of_one_row=True,
)
STANDS_OUT: Final = Column(
    "stands_out",
    gettext_lazy("Stands out"),
    gettext_lazy("above or below: how the rate MQL to customer compares with that of all MQLs, when that is certain."),
    kind=TEXT,
    is_of_one_row=True,
)
BADGES: Final = {
    "above": (gettext_lazy("buy more often"), "fine"),
    "below": (gettext_lazy("buy less often"), "soon"),
}


@dataclass(frozen=True, slots=True)
class Segmented:
    """Leads that have something in common. `stands_out` is "above", "below" or nothing."""

    key: str
    label: str
    counts: Counts
    stands_out: str = ""


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments with most MQLs first, and those that are too many to show."""

    shown: list[Segmented]
    others: int
    rest: Counts
    totals: Counts


def segments(options: Options, *, now: datetime) -> Segments:
    """Returns the cohort of the options by one thing known of its leads; one statement.

    A segment stands out when the 95 % interval (Wilson) of its rate MQL to customer lies wholly above or below the rate
    of all MQLs, and it has ENOUGH of them. What is not known is a segment of its own.
    """
    counted = counts_by_segment(options, now=now)
    totals = total(counts for _key, _written, counts in counted)
    ranked = sorted(counted, key=lambda segment: (-segment[2].mqls, -segment[2].leads, segment[0] or ""))
    segment, rest = SEGMENT.of(options), ranked[SHOWN:]
    shown = [
        Segmented(key or UNKNOWN, _label(segment, key, written), counts, _stands_out(counts, totals))
        for key, written, counts in ranked[:SHOWN]
    ]
    return Segments(shown, len(rest), total(counts for _key, _written, counts in rest), totals)


def find(options: Options, *, now: datetime) -> Result:
    """A row for each segment, most MQLs first; the rest in one row whose key is None."""
    cohort = segments(options, now=now)
    rows = [_row(segment) for segment in cohort.shown]
    if cohort.others:
        label = ngettext("%(count)s other", "%(count)s others", cohort.others) % {"count": number(cohort.others)}
        rest = {**values_of(cohort.rest), NAME.key: str(cohort.others), STANDS_OUT.key: ""}
        rows.append(Row(None, label, rest))
    return Result(
        caption=_("MQLs and customers by %(segment)s") % {"segment": str(SEGMENT.of(options).label).lower()},
        rows=rows,
        totals=values_of(cohort.totals),
        is_empty=not cohort.totals.mqls,
        rule=Mode.COHORT.rule,
        notes=cohort_notes(options, cohort.totals, now=now),
        footnote=_footnote(),
        facts=facts_of(cohort.totals),
    )


def _row(segment: Segmented) -> Row:
    badge, meaning = BADGES.get(segment.stands_out, ("", ""))
    values = {**values_of(segment.counts), NAME.key: segment.label, STANDS_OUT.key: segment.stands_out}
    return Row(segment.key, segment.label, values, badge=str(badge), badge_meaning=meaning)


def _footnote() -> str:
    marked = _(
        "A segment is marked when at least %(enough)s of its leads were MQLs and its share of customers is, with "
        "95 %% confidence, above or below that of all MQLs."
    ) % {"enough": ENOUGH}
    return f"{marked} {_('Leads are grouped by what is known of them today.')}"


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


REPORT = Report(
    key="segments",
    title=gettext_lazy("Who converts"),
    question=gettext_lazy("Which kind of lead becomes a customer once it is an MQL?"),
    place=40,
    filters=(SEGMENT,),
    first_column=SEGMENT,
    columns=(LEADS, *CONVERSION),
    columns_in_files=(NAME, *CONVERSION_COUNTS, *CONVERSION_RATES, STANDS_OUT),
    figures=CONVERSION,
    find=find,
)
