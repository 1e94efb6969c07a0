"""What the title of a report says, and the names of its columns, beyond what is in its rows."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from capture.importing.dates import MONTH_FIRST, read_moment, reads_as_date
from leads.normalise import Refusal

_CURRENCY: Final = re.compile(r"\(([A-Z]{3})\)")
_BETWEEN: Final = re.compile(r"\s+(?:-|–|—|to|bis|until)\s+")
_FAR: Final = datetime(2200, 1, 1, tzinfo=UTC)


def currency_in(column: str) -> str:
    """The currency that the name of a column tells, as in `Amount spent (EUR)`; empty when it tells none."""
    match = _CURRENCY.search(column)
    return match[1] if match and match[1] != "UTC" else ""


def period_in(lines: Sequence[str]) -> list[str]:
    """The first and the last day a title tells, as in `1 March 2026 - 31 March 2026`; none when it tells none."""
    for line in lines:
        days = [_day(part) for part in _BETWEEN.split(line.strip().strip('"\t,; '))]
        if len(days) == 2 and all(days):
            return days
    return []


def _day(text: str) -> str:
    if not reads_as_date(text):
        return ""
    try:
        moment = read_moment(text, order=MONTH_FIRST, zone=UTC, now=_FAR, field="starts_on")
    except Refusal:
        return ""
    return moment.date().isoformat()
