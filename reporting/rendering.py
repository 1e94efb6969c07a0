"""Vega-Lite on the server: a specification becomes an SVG once, then comes from the cache."""

import hashlib
import json
import logging
from typing import Any, Final

from django.core.cache import cache
from redis import RedisError

logger = logging.getLogger(__name__)

KEPT_FOR: Final = 24 * 60 * 60
# The browser maps these to the tokens of the colour scheme (static/css/components/chart.css).
LOOK: Final[dict[str, Any]] = {
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


def digest(spec: dict[str, Any]) -> str:
    """The name of a drawing: equal data have equal names."""
    written = json.dumps(spec, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def svg(spec: dict[str, Any]) -> str:
    """The drawing of a specification. Without the cache it is drawn again; a page never fails for that."""
    key = f"chart:{digest(spec)}"
    try:
        kept = cache.get(key)
    except RedisError:
        logger.warning("The cache does not answer; a chart is drawn anew.")
        return _draw(spec)
    if kept is not None:
        return str(kept)
    drawn = _draw(spec)
    try:
        cache.set(key, drawn, KEPT_FOR)
    except RedisError:
        logger.warning("The cache does not answer; a chart was not kept.")
    return drawn


def _draw(spec: dict[str, Any]) -> str:
    # 100 MB in a process that draws, nothing in one that does not.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.dumps(spec)))
