"""A page that is shown by a signed link of our mail knows whose browser shows it; who tracks browsers may be told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from leads.models import Lead

Recognise = Callable[[Lead, datetime], Mapping[str, Any] | None]
_recognising: Final[list[Recognise]] = []


def recognise_by(recognise: Recognise) -> None:
    """What templates/public.html gets for its script; said when the application starts, by one package."""
    _recognising[:] = [recognise]


def known_browser(lead: Lead, *, now: datetime) -> Mapping[str, Any] | None:
    """What the page tells the browser of this lead; None: nothing."""
    return next((told for recognise in _recognising if (told := recognise(lead, now))), None)
