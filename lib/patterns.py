"""Patterns in which each star is any number of characters, and everything else is meant as it stands."""

from collections.abc import Sequence


def matches(text: str, parts: Sequence[str]) -> bool:
    """Whether the text is made of these parts (a pattern split at its stars), in their order, with anything between."""
    first, *rest = parts
    if not rest:
        return text == first
    *middle, last = rest
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        place = text.find(part, at, end)
        if place < 0:
            return False
        at = place + len(part)
    return True
