"""The parts of a lead's page that upper packages offer. Each loads itself by an address of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One part: at the top of the column in the middle, or at the side below who the lead is."""

    place: Literal["middle", "side"]
    # Gets `lead`; shows a link to the whole until it is loaded.
    template: str
    stylesheet: str


_offered: Final[list[Panel]] = []


def offer(panel: Panel) -> None:
    """A part more on the page of a lead; said when the application starts."""
    _offered.append(panel)


def offered() -> Sequence[Panel]:
    """The parts that upper packages offer, in their order."""
    return tuple(_offered)
