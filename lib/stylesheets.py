"""Style sheets of components that are shown on pages of several packages: every page has them."""

from collections.abc import Sequence
from typing import Final

_offered: Final[list[str]] = []


def offer(path: str) -> None:
    """A sheet more, such as "css/leads/stage.css"; said by its package when the application starts."""
    _offered.append(path)


def offered() -> Sequence[str]:
    """The paths below static/, in the order in which packages start."""
    return tuple(_offered)
