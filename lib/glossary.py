"""The words of the field that pages use, each declared once by its own package when the application starts.

Pages explain them where they stand (`{% words "fit" "grade" %}`), the glossary shows all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from lib.abbreviations import spelled_out

_TERMS: Final[dict[str, "Term"]] = {}


@dataclass(frozen=True, kw_only=True)
class Term:
    """key is its anchor, label how pages write it, text whole sentences that explain it to who is new."""

    key: str
    label: str | Promise
    text: str | Promise

    @property
    def name(self) -> str:
        """The label with its abbreviation spelled out, beginning with a capital."""
        name = spelled_out(self.label)
        return name[:1].upper() + name[1:]


def register(*terms: Term) -> None:
    """Makes words known."""
    _TERMS.update({term.key: term for term in terms})


def term_of(key: str) -> Term:
    """The declared word. KeyError where none has this key: a template that names it is wrong."""
    return _TERMS[key]


def terms() -> Sequence[Term]:
    """All of them, in the order of the alphabet."""
    return sorted(_TERMS.values(), key=lambda term: term.name.casefold())
