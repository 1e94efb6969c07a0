"""Vega-Lite on the server: a specification becomes an SVG once, then comes from the cache."""

import hashlib
import json
from typing import Final

from lib.text_cache import cached

KEPT_FOR: Final = 24 * 60 * 60
# The browser maps these to the tokens of the colour scheme (static/css/components/chart.css).
LOOK: Final[dict[str, object]] = {
    "background": None,
    "padding": 8,
    "autosize": {"type": "fit", "contains": "padding"},
    "config": {
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 14,
            "titleFontSize": 14,
            "titleFontWeight": "normal",
            "labelColor": "#5a544b",
            "titleColor": "#5a544b",
            "gridColor": "#e2ded6",
            "domainColor": "#8c857a",
            "tickColor": "#8c857a",
            "labelLimit": 170,
        },
        "text": {"fontSize": 14, "color": "#5a544b"},
    },
}


def digest(spec: dict[str, object]) -> str:
    """The name of a drawing: equal data have equal names."""
    written = json.dumps(spec, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def svg(spec: dict[str, object]) -> str:
    """The drawing of a specification. Without the cache it is drawn again; a page never fails for that."""
    return cached(f"chart:{digest(spec)}", lambda: _draw(spec), seconds=KEPT_FOR)


def _draw(spec: dict[str, object]) -> str:
    # 100 MB in a process that draws, nothing in one that does not.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.dumps(spec)))
