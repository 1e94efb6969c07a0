"""What forms ask first: upper packages say what has to be known of a lead before somebody calls."""

from collections.abc import Callable, Collection
from typing import Final

_sources: Final[list[Callable[[], Collection[str]]]] = []


def offer(source: Callable[[], Collection[str]]) -> Callable[[], Collection[str]]:
    """Asks the function as well; it answers with keys of `askables`. Also a decorator."""
    _sources.append(source)
    return source


def needed_before_a_call() -> frozenset[str]:
    """The keys of what has to be known."""
    return frozenset(key for source in _sources for key in source())
