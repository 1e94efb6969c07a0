"""What the two teams promise each other beside the rules: how leads go to sales, how soon they are answered.

Upper packages offer the sentences. A proposal keeps them as they were, so that they are signed and printed with the
rules; what was changed since is told beside them.
"""

from collections.abc import Callable
from typing import Final, TypedDict


class Term(TypedDict):
    """One promise: what it is about, and a whole sentence."""

    subject: str
    sentence: str


_OFFERED: Final[list[Callable[[], list[Term]]]] = []


def offer(terms: Callable[[], list[Term]]) -> None:
    """Makes these promises part of every agreement; the order is that of the packages."""
    if terms not in _OFFERED:
        _OFFERED.append(terms)


def terms_now() -> list[Term]:
    """What holds now, in the reader's language."""
    return [term for terms in _OFFERED for term in terms()]


def terms_changed(signed: list[Term], now: list[Term]) -> tuple[list[Term], list[Term]]:
    """Of the promises that were signed: those that hold no longer, and those that hold instead."""
    return [term for term in signed if term not in now], [term for term in now if term not in signed]
