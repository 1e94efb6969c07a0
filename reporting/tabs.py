"""The reports as tabs; a question that was asked goes along to those that ask the same."""

from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

LABELS: Final[dict[str, str | Promise]] = {
    "funnel": _("Funnel"),
    "volume": _("MQLs per month"),
    "channels": _("Channels"),
    "segments": _("Who converts"),
    "review": _("Review"),
}


def tabs(current: str, parameters: dict[str, str]) -> list[dict[str, Any]]:
    """Label, address and whether it is the one that is open."""
    return [
        {
            "label": label,
            "url": address(f"reporting:{name}", {} if name == "review" else parameters),
            "is_current": name == current,
        }
        for name, label in LABELS.items()
    ]


def address(name: str, parameters: dict[str, str], *parts: str) -> str:
    """The address of a page with its question."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return reverse(name, args=parts) + query
