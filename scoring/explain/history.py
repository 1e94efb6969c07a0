"""How the score of one lead came to be what it is: its steps, newest first, and the same as a line over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.models import Lead
from lib.moments import moment_words
from lib.numbers import number
from scoring.models import Criteria, ScoreChange
from scoring.whatif.curve import Tick

MOST_STEPS: Final = 200
WIDTH: Final = 640
HEIGHT: Final = 200
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 20, 34
DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the score: when, from, to and why, in words."""

    at: datetime
    was: int
    total: int
    why: str
    version: int

    @property
    def by(self) -> int:
        return self.total - self.was

    @property
    def sentence(self) -> str:
        """ "From 20 to 30 on 9 Mar 2026, 14:05 (did something)"."""
        return _("From %(was)s to %(total)s on %(moment)s (%(why)s)") % {
            "moment": moment_words(self.at),
            "was": number(self.was),
            "total": number(self.total),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a step ends."""

    x: str
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """The picture: coordinates as text, so that no language writes a comma into one."""

    score: str
    bar: str
    bar_label: Tick
    marks: list[Mark]
    across: list[Tick]
    upward: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class History:
    """The newest steps, at most MOST_STEPS, newest first; `is_cut` when there were earlier ones."""

    steps: list[Step]
    is_cut: bool
    line: Line


def history(lead: Lead, *, bar: int, now: datetime) -> History | None:
    """What became of the score of this lead, which has to reach `bar` now; None when it never moved."""
    rows = list(ScoreChange.objects.filter(lead=lead).select_related("criteria")[: MOST_STEPS + 1])
    if not rows:
        return None
    steps = [Step(row.changed_at, row.was, row.total, _why(row), row.criteria.number) for row in rows[:MOST_STEPS]]
    oldest_first = steps[::-1]
    return History(steps, len(rows) > MOST_STEPS, _line(oldest_first, _bars(oldest_first[0].at, bar=bar), now=now))


def _why(change: ScoreChange) -> str:
    """The reason; of a step on the spot also what it changed all the same."""
    if change.was != change.total:
        return change.get_why_display()
    words = (
        _("%(why)s, and meets the criteria now") if change.qualifies else _("%(why)s, and no longer meets the criteria")
    )
    return words % {"why": change.get_why_display()}


def _bars(since: datetime, *, bar: int) -> list[tuple[datetime, int]]:
    """From when on which threshold held; of the version in force it is what this lead has to reach."""
    published = Criteria.objects.order_by("published_at", "number").values_list("published_at", "threshold")
    thresholds = [(at, threshold) for at, threshold in published if at is not None]
    before = [threshold for at, threshold in thresholds if at <= since]
    later = [(at, threshold) for at, threshold in thresholds if at > since]
    bars = [(since, before[-1] if before else thresholds[0][1] if thresholds else bar), *later]
    return [*bars[:-1], (bars[-1][0], bar)]


def _line(steps: Sequence[Step], bars: Sequence[tuple[datetime, int]], *, now: datetime) -> Line:
    """`steps` and `bars` oldest first; between two steps a score stays what it was."""
    first, last = steps[0].at, max(now, steps[-1].at, bars[-1][0])
    span = (last - first).total_seconds() or 1.0
    values = [steps[0].was, *(step.total for step in steps), *(threshold for _at, threshold in bars)]
    low, high = min(0, *values), max(1, *values)

    def across(at: datetime) -> str:
        return f"{LEFT + (WIDTH - LEFT - RIGHT) * (at - first).total_seconds() / span:.1f}"

    def upward(value: int) -> str:
        return f"{HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low):.1f}"

    def stairs(places: Sequence[tuple[datetime, int]], begins: int) -> str:
        points, level = [f"{across(first)},{upward(begins)}"], begins
        for at, value in places:
            points += [f"{across(at)},{upward(level)}", f"{across(at)},{upward(value)}"]
            level = value
        return " ".join([*points, f"{across(last)},{upward(level)}"])

    days = [first + (last - first) * part / (DAYS - 1) for part in range(DAYS)]
    return Line(
        score=stairs([(step.at, step.total) for step in steps], steps[0].was),
        bar=stairs(bars[1:], bars[0][1]),
        bar_label=Tick(upward(bars[-1][1]), number(bars[-1][1])),
        marks=[Mark(across(step.at), upward(step.total), step.sentence) for step in steps],
        across=_days(days, across=[across(day) for day in days]),
        upward=[Tick(upward(value), number(value)) for value in sorted({low, 0, high})],
    )


def _days(days: Sequence[datetime], *, across: Sequence[str]) -> list[Tick]:
    """Days as labels, each once; with the hour when all of it happened within a day."""
    span = days[-1] - days[0]
    shape = "H:i" if span < timedelta(days=1) else "j M" if span < timedelta(days=300) else "M Y"
    ticks: list[Tick] = []
    for at, day in zip(across, days, strict=True):
        label = date_format(timezone.localtime(day), shape)
        if not ticks or ticks[-1].label != label:
            ticks.append(Tick(at, label))
    return ticks
