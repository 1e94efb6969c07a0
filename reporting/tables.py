"""The tables of the reports: the same numbers as in the drawings, and more of them."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.templatetags.look import number, percent
from reporting.channels import Channels
from reporting.funnel import Funnel, Row
from reporting.metrics import (
    CUSTOMERS,
    LEAD_TO_CUSTOMER,
    LEADS,
    MQL_EVENTS,
    MQL_TO_CUSTOMER,
    MQL_TO_SQL,
    MQLS,
    SQLS,
    STAGES,
)
from reporting.options import By, Mode
from reporting.presentation import Cell, Line, Table, cell, columns
from reporting.segments import Segmented, Segments
from reporting.volume import Month, Volume

FUNNEL: Final = (*STAGES, MQL_TO_SQL, MQL_TO_CUSTOMER, LEAD_TO_CUSTOMER)
CHANNELS: Final = (LEADS, MQLS, SQLS, CUSTOMERS, MQL_TO_SQL, MQL_TO_CUSTOMER)
STANDS_OUT: Final = {
    "above": (gettext_lazy("buy more often"), "fine"),
    "below": (gettext_lazy("buy less often"), "soon"),
}
SHARE: Final = (gettext_lazy("Share of MQLs"), gettext_lazy("MQLs of the channel divided by all MQLs."))
COMPARED: Final = (
    (gettext_lazy("Month before"), gettext_lazy("MQLs of the whole month before.")),
    (gettext_lazy("Change"), gettext_lazy("Growth over the month before, once the month is over.")),
    (gettext_lazy("A year before"), gettext_lazy("MQLs of the same month a year before.")),
    (gettext_lazy("Change in a year"), gettext_lazy("Growth over the same month a year before.")),
)


def funnel_table(report: Funnel) -> Table:
    """A line per channel or month, and the totals."""
    by_month = report.options.by == By.MONTH
    marks_young = by_month and report.options.mode == Mode.COHORT
    return Table(
        caption=_("The funnel by month") if by_month else _("The funnel by channel"),
        first_column=_("Month") if by_month else _("Channel"),
        columns=columns(FUNNEL),
        lines=[_funnel_line(row, marks_young=marks_young) for row in report.rows],
        totals=Line(_("Total"), [cell(one, report.totals) for one in FUNNEL]),
    )


def _funnel_line(row: Row, *, marks_young: bool) -> Line:
    cells = [cell(one, row.counts) for one in FUNNEL]
    if marks_young and row.counts.immature:
        return Line(row.label, cells, badge=_("still filling"), badge_meaning="soon")
    return Line(row.label, cells, badge=_("to be mapped") if row.is_unmapped else "")


def channels_table(report: Channels) -> Table:
    """A line per channel, most MQLs first, with its share of them."""
    share_label = str(SHARE[0])
    lines = []
    for ranked in report.channels:
        cells = [cell(one, ranked.row.counts) for one in CHANNELS]
        cells.insert(2, Cell(share_label, percent(ranked.share)))
        lines.append(Line(ranked.row.label, cells, badge=_("to be mapped") if ranked.row.is_unmapped else ""))
    totals = [cell(one, report.totals) for one in CHANNELS]
    totals.insert(2, Cell(share_label, percent(1 if report.totals.mqls else None)))
    declared = columns(CHANNELS)
    declared.insert(2, (share_label, str(SHARE[1])))
    return Table(
        caption=_("MQLs by channel"),
        first_column=_("Channel"),
        columns=declared,
        lines=lines,
        totals=Line(_("Total"), totals),
    )


def segments_table(report: Segments) -> Table:
    """A line per segment, most MQLs first; the rest in one line."""
    lines = [_segment_line(row) for row in report.rows]
    if report.others:
        others = ngettext("%(count)s other", "%(count)s others", report.others) % {"count": number(report.others)}
        lines.append(Line(others, [cell(one, report.rest) for one in CHANNELS]))
    label = str(report.options.segment.label)
    return Table(
        caption=_("MQLs and customers by %(segment)s") % {"segment": label.lower()},
        first_column=label,
        columns=columns(CHANNELS),
        lines=lines,
        totals=Line(_("Total"), [cell(one, report.totals) for one in CHANNELS]),
    )


def _segment_line(row: Segmented) -> Line:
    badge, meaning = STANDS_OUT.get(row.stands_out, ("", ""))
    return Line(row.label, [cell(one, row.counts) for one in CHANNELS], badge=str(badge), badge_meaning=meaning)


def volume_table(report: Volume) -> Table:
    """A line per month, the latest first, beside what it is compared with."""
    declared = columns((MQLS, MQL_EVENTS)) + [(str(label), str(definition)) for label, definition in COMPARED]
    totals = [Cell(declared[0][0], number(report.mqls)), Cell(declared[1][0], number(report.mql_events))]
    totals += [Cell(label, "") for label, _definition in declared[2:]]
    return Table(
        caption=_("MQLs per month"),
        first_column=_("Month"),
        columns=declared,
        lines=[_month_line(month, [label for label, _definition in declared]) for month in reversed(report.months)],
        totals=Line(_("Total"), totals),
    )


def _month_line(month: Month, labels: list[str]) -> Line:
    values = (
        number(month.mqls),
        number(month.mql_events),
        number(month.previous_month),
        _growth(month.change),
        number(month.same_month_last_year),
        _growth(month.change_in_a_year),
    )
    cells = [Cell(label, value) for label, value in zip(labels, values, strict=True)]
    return Line(month.label, cells, badge=_("part of the month") if month.is_part else "")


def _growth(share: float | None) -> str:
    if share is None:
        return number(None)
    return f"+{percent(share)}" if share > 0 else percent(share)
