"""Who uses a custom field: upper packages say so, before it is retired or becomes one that they may not use."""

from collections.abc import Callable, Iterable
from typing import Final

from leads.models.custom_field import CustomField

# Sentences such as "Version 4 of the criteria asks about it.".
Uses = Callable[[CustomField], Iterable[str]]
_offered: Final[list[Uses]] = []


def offer(uses: Uses) -> Uses:
    """Whether one more package uses a field; said when the application starts."""
    _offered.append(uses)
    return uses


def uses_of(field: CustomField) -> list[str]:
    """Who uses it, in sentences."""
    return [sentence for uses in _offered for sentence in uses(field)]
