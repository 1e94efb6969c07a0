"""Which leads of a file would go to sales. Upper packages know; the preview asks them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

# Those of these leads that come to qualify; the file was taken in the transaction around it, which is rolled back.
Forecast = Callable[[Sequence[int], datetime], set[int]]

_offered: Final[list[Forecast]] = []


def offer(forecast: Forecast) -> None:
    """Who can tell; said when the application starts."""
    _offered.append(forecast)


def would_go(lead_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Those of the leads, just taken from a file, that would go to sales because of it."""
    return {lead_id for forecast in _offered for lead_id in forecast(lead_ids, now)}
