"""How bars are drawn, each drawing with its sentence and its numbers, for those who do not see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from lib.numbers import number
from lib.text import header_text
from reporting.rendering import LOOK

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


@dataclass(frozen=True, slots=True)
class Bar:
    """One standing bar: its name at the axis and in the table, and the same with its number in words."""

    tick: str
    label: str
    count: int
    in_words: str
    is_grey: bool = False


def lying_bars(title: str, bars: Sequence[tuple[str, int]], *, columns: tuple[str, str]) -> Chart:
    """Bars from the left, (label, count) from top to bottom; what is too many is one bar. The table has them all."""
    drawn = list(bars[:MOST_BARS])
    if others := bars[MOST_BARS:]:
        drawn.append((_("%(count)d others") % {"count": len(others)}, sum(count for _label, count in others)))
    return Chart(
        title=title,
        alt=_("Bars: %(numbers)s.") % {"numbers": _listed(drawn)},
        spec=_lying(drawn),
        columns=columns,
        rows=[(label, number(count)) for label, count in bars],
    )


def standing_bars(title: str, bars: Sequence[Bar], *, columns: tuple[str, str], alt: str) -> Chart:
    """Bars from left to right, such as months; the second column is the title of the axis."""
    values = [
        {"tick": bar.tick, "count": bar.count, "color": GREY if bar.is_grey else TEAL, "text": bar.in_words}
        for bar in bars
    ]
    return Chart(
        title=title,
        alt=alt,
        spec=_standing(values, title=columns[1]),
        columns=columns,
        rows=[(bar.label, number(bar.count)) for bar in bars],
    )


def _standing(values: Sequence[Mapping[str, object]], *, title: str) -> dict[str, object]:
    x = {"field": "tick", "type": "ordinal", "sort": None}
    x_axis = {"title": None, "labelAngle": -40, "labelOverlap": "greedy", "ticks": False, "grid": False}
    y_axis = {"title": title, "tickMinStep": 1, "tickCount": 5, "domain": False, "ticks": False}
    return LOOK | {
        "width": WIDTH,
        "height": 280,
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": x | {"axis": x_axis, "scale": {"paddingInner": 0.25}},
            "y": {"field": "count", "type": "quantitative", "axis": y_axis},
            "color": {"field": "color", "type": "nominal", "scale": None},
            "description": {"field": "text", "type": "nominal"},
        },
    }


def _lying(bars: Sequence[tuple[str, int]]) -> dict[str, object]:
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


def _listed(bars: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{label} {number(count)}" for label, count in bars)
