"""The drawings of the reports, each with its sentence and its numbers, for those who do not see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.templatetags.look import number
from lib.text import header_text
from reporting.channels import Channels
from reporting.funnel import Funnel
from reporting.metrics import STAGES
from reporting.rendering import LOOK
from reporting.volume import Month, Volume

TEAL: Final = "#0b5f5a"
GREY: Final = "#8c857a"
# On a phone it shrinks to six tenths: its letters are large enough for that.
WIDTH: Final = 560
# More bars than this are no picture; the table has them all.
MOST_BARS: Final = 12


@dataclass(frozen=True, slots=True)
class Chart:
    """A specification for Vega-Lite, and the same in words and as a table."""

    title: str
    alt: str
    spec: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[tuple[str, str]]

    @property
    def width(self) -> int:
        return int(self.spec["width"])

    @property
    def height(self) -> int:
        return int(self.spec["height"])


def funnel_chart(report: Funnel) -> Chart:
    """One bar per stage, widest at the top when the funnel is one."""
    bars = [(str(stage.label), stage.of(report.totals)) for stage in STAGES]
    return Chart(
        title=_("From lead to customer"),
        alt=_("Bars: %(numbers)s.") % {"numbers": _listed(bars)},
        spec=_lying_bars(bars),
        columns=(_("Stage"), _("Leads")),
        rows=_worded(bars),
    )


def channels_chart(report: Channels) -> Chart:
    """One bar per channel that brought MQLs; what is too many is one bar."""
    found = [(ranked.row.label, ranked.row.counts.mqls) for ranked in report.channels if ranked.row.counts.mqls]
    bars = found[:MOST_BARS]
    if others := found[MOST_BARS:]:
        bars.append((_("%(count)d others") % {"count": len(others)}, sum(count for _label, count in others)))
    return Chart(
        title=_("MQLs by channel"),
        alt=_("Bars: %(numbers)s.") % {"numbers": _listed(bars)},
        spec=_lying_bars(bars),
        columns=(_("Channel"), _("MQLs")),
        rows=_worded(found),
    )


def volume_chart(report: Volume) -> Chart:
    """One bar per month; a month that is not whole is grey and says so."""
    values = [
        {
            "month": date_format(month.first, "M Y"),
            "mqls": month.mqls,
            "color": GREY if month.is_part else TEAL,
            "text": _month_in_words(month),
        }
        for month in report.months
    ]
    x = {"field": "month", "type": "ordinal", "sort": None}
    axis = {"title": None, "labelAngle": -40, "labelOverlap": "greedy", "ticks": False, "grid": False}
    return Chart(
        title=_("MQLs per month"),
        alt=_volume_in_words(report),
        spec=LOOK
        | {
            "width": WIDTH,
            "height": 280,
            "data": {"values": values},
            "mark": {"type": "bar", "cornerRadiusEnd": 2},
            "encoding": {
                "x": x | {"axis": axis, "scale": {"paddingInner": 0.25}},
                "y": {
                    "field": "mqls",
                    "type": "quantitative",
                    "axis": {
                        "title": _("MQLs"),
                        "tickMinStep": 1,
                        "tickCount": 5,
                        "domain": False,
                        "ticks": False,
                    },
                },
                "color": {"field": "color", "type": "nominal", "scale": None},
                "description": {"field": "text", "type": "nominal"},
            },
        },
        columns=(_("Month"), _("MQLs")),
        rows=[(month.label, number(month.mqls)) for month in report.months],
    )


def _lying_bars(bars: Sequence[tuple[str, int]]) -> dict[str, Any]:
    # A key of its own per bar: two channels may have one name. Names come from files: no controls in an SVG.
    bars = [(header_text(label, 60), count) for label, count in bars]
    values = [
        {
            "at": index,
            "label": label,
            "number": count,
            "shown": number(count),
            "text": f"{label}: {number(count)}",
        }
        for index, (label, count) in enumerate(bars)
    ]
    largest = max((count for _label, count in bars), default=0)
    labels = {str(value["at"]): value["label"] for value in values}
    y = {"field": "at", "type": "ordinal", "sort": None, "scale": {"paddingInner": 0.3}}
    x = {
        "field": "number",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, (largest or 1) * 1.12]},
    }
    described = {"description": {"field": "text", "type": "nominal"}}
    return LOOK | {
        "width": WIDTH,
        "height": 34 * len(bars) + 24,
        # The browser sets the names in its own letters, which may be wider than those measured here.
        "padding": {"left": 24, "top": 8, "right": 8, "bottom": 8},
        "data": {"values": values},
        "params": [{"name": "labels", "value": labels}],
        "layer": [
            {"mark": {"type": "bar", "color": TEAL, "cornerRadiusEnd": 2}, "encoding": described},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "aria": False},
                "encoding": {"text": {"field": "shown", "type": "nominal"}},
            },
        ],
        "encoding": {
            "x": x,
            "y": y
            | {
                "axis": {
                    "title": None,
                    "domain": False,
                    "ticks": False,
                    "labelPadding": 8,
                    "labelExpr": "labels[toString(datum.value)]",
                }
            },
        },
    }


def _worded(bars: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    return [(label, number(count)) for label, count in bars]


def _listed(bars: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{label} {number(count)}" for label, count in bars)


def _month_in_words(month: Month) -> str:
    words = ngettext("%(month)s: %(count)s MQL", "%(month)s: %(count)s MQLs", month.mqls)
    said = words % {"month": month.label, "count": number(month.mqls)}
    return _("%(said)s (part of the month)") % {"said": said} if month.is_part else said


def _volume_in_words(report: Volume) -> str:
    if not report.months:
        return _("No MQLs.")
    first, last = report.months[0], report.months[-1]
    words = _("Bars, one per month from %(first)s to %(last)s; %(count)s MQLs together.")
    said = words % {"first": first.label, "last": last.label, "count": number(report.mqls)}
    if (most := report.strongest) is None:
        return said
    return said + " " + _("The strongest month was %(month)s.") % {"month": _month_in_words(most)}
