"""The reports as tabs; a question that was asked goes along to those that ask the same."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from reporting.columns import Text
from reporting.reports import REPORTS

REVIEW: Final = "review"


@dataclass(frozen=True, slots=True)
class Tab:
    """One report, or the review of the criteria."""

    label: Text
    url: str
    is_current: bool


def tabs(current: str, parameters: dict[str, str]) -> list[Tab]:
    """The tab of every report, and of the review, whose figures are those of now."""
    shown = [
        Tab(report.title, address(f"reporting:{key}", parameters), is_current=key == current)
        for key, report in REPORTS.items()
    ]
    return [*shown, Tab(_("Review"), reverse("reporting:review"), is_current=current == REVIEW)]


def address(name: str, parameters: dict[str, str], *parts: str) -> str:
    """The address of a page with its question."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return reverse(name, args=parts) + query
