"""The names of the personas that content is made for. Who they are is known above; it is asked by this register."""

from collections.abc import Callable, Sequence
from typing import Final

_sources: Final[list[Callable[[], Sequence[str]]]] = []


def offer(names: Callable[[], Sequence[str]]) -> None:
    """A source of names more; said when the application starts."""
    _sources.append(names)


def persona_names() -> list[str]:
    """All names that are offered, in their order."""
    return [name for source in _sources for name in source()]
