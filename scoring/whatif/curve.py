"""A curve as the coordinates of an SVG; colours and lines are the stylesheet's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lib.numbers import number

WIDTH: Final = 640
HEIGHT: Final = 240
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 40, 34
LABELS: Final = 8


@dataclass(frozen=True)
class Tick:
    """A place on an axis, or a line across, as text so that no language writes a comma into a coordinate."""

    at: str
    label: str


@dataclass(frozen=True)
class Curve:
    points: str
    across: list[Tick]
    upward: list[Tick]
    # Where the threshold asked for stands, and the one in force.
    asked: str
    in_force: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def curve(sweep: Sequence[tuple[int, int]], *, step: int, asked: int, in_force: int) -> Curve:
    """How many (upward, from nothing) at each threshold (across): at least two, ascending, by `step` for the most."""
    first, last = sweep[0][0], sweep[-1][0]
    most = max(1, *(count for _threshold, count in sweep))

    def across(threshold: int) -> str:
        return f"{LEFT + (WIDTH - LEFT - RIGHT) * (threshold - first) / (last - first):.1f}"

    def upward(count: int) -> str:
        return f"{HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / most:.1f}"

    # Labels at round numbers, not at what was put between two steps, and not too many.
    even = range(step, last + 1, step * -(-last // (step * LABELS)))
    return Curve(
        points=" ".join(f"{across(threshold)},{upward(count)}" for threshold, count in sweep),
        across=[Tick(across(threshold), number(threshold)) for threshold in even if threshold >= first],
        upward=[Tick(upward(count), number(count)) for count in sorted({0, most // 2, most})],
        asked=across(asked),
        in_force=across(in_force),
    )
