"""A sequence in plain Python, as docs/nurture.md tells it; what tests compare the real one with.

It goes through time quarter of an hour by quarter of an hour and counts on the wall clock, where the product computes
moments: the two have nothing in common but what they mean.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

TICK = timedelta(minutes=15)
HOLIDAYS = {date(2028, 2, 29), date(2028, 3, 28)}
Raw = Mapping[str, Any]


def works_on(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


@dataclass
class World:
    """What is true of the lead at one moment; the test changes it."""

    with_sales: bool = False
    returned: bool = False  # at this moment
    closed: bool = False
    goal: bool = False
    leave: bool = False
    met: bool = False
    leaves_on_return: bool = False


@dataclass
class Life:
    """One way through the steps: which were taken, with what outcome, and how it ended."""

    steps: Sequence[Raw]
    zone: tzinfo
    began: datetime
    taken: list[tuple[str, str, datetime]] = field(default_factory=list)
    ended: str = ""
    was_with_sales: bool = False

    def __post_init__(self) -> None:
        self.waited = timedelta()  # at this step, while the lead was ours
        self.came = self.last = self.began
        self.rest: list[Raw] = list(self.steps)

    def tick(self, at: datetime, world: World) -> None:
        """A quarter of an hour has passed."""
        if self.ended:
            return
        gave_back = self.was_with_sales and not world.with_sales
        if self.was_with_sales:
            self.stand(at)
        self.last = at
        if gave_back:
            self.was_with_sales = False
            if world.leaves_on_return and not (world.goal or world.closed or world.leave):
                self.ended = "returned"
                return
        if ended := self._early(world):
            self.ended = ended
            return
        if world.with_sales:
            self.was_with_sales = True
            return
        while self.rest and (outcome := self._outcome(at, world)):
            self._take(outcome, at)
        if not self.rest:
            self.ended = "end"

    def stand(self, at: datetime) -> None:
        """Time has passed that does not count."""
        self.came += at - self.last
        self.last = at

    def _early(self, world: World) -> str:
        for name, holds in (("goal", world.goal), ("closed", world.closed), ("exit", world.leave)):
            if holds:
                return name
        return ""

    def _take(self, outcome: str, at: datetime) -> None:
        step, *after = self.rest
        self.taken.append((step["id"], outcome, at))
        if step["kind"] == "end":
            self.rest = []
        else:
            self.rest = [*step.get(outcome, ()), *after]
        self.came = at

    def _outcome(self, at: datetime, world: World) -> str:
        """What the first step that is left comes to now; empty while it waits."""
        step = self.rest[0]
        match step["kind"]:
            case "ask":
                return "yes" if world.met else "no"
            case "wait_for":
                late = self._days_on(at) >= int(step["days"])
                return "yes" if world.met else "no" if late else ""
            case "wait":
                return "done" if self._has_waited(step, at) else ""
            case "wait_until":
                return "done" if self._is_time(step, at) else ""
            case _:
                return "done"

    def _wall(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)

    def _days_on(self, at: datetime) -> int:
        """How many times the time of day at which it came has come again; one the clocks skip comes when they do."""
        came, wall = self._wall(self.came), self._wall(at)
        return (wall.date() - came.date()).days - (wall.time() < came.time())

    def _has_waited(self, step: Raw, at: datetime) -> bool:
        if step["unit"] == "hours":
            return at - self.came >= timedelta(hours=step["count"])
        if step["unit"] == "days":
            return self._days_on(at) >= int(step["count"])
        came = self._wall(self.came).date()
        days = [came + timedelta(days=one) for one in range(1, self._days_on(at) + 1)]
        return sum(map(works_on, days)) >= int(step["count"])

    def _is_time(self, step: Raw, at: datetime) -> bool:
        """Whether the wall clock has shown the time on such a day since it came."""
        hour, minute = map(int, step["time"].split(":"))
        came, wall = self._wall(self.came), self._wall(at)
        day = came.date()
        while day <= wall.date():
            wanted = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 (as the wall clock shows it)
            if day.weekday() in step["weekdays"] and came <= wanted <= wall:
                return True
            day += timedelta(days=1)
        return False


def quarters(since: datetime, until: datetime) -> Iterator[datetime]:
    """Every quarter of an hour between the two, both with it."""
    at = since
    while at <= until:
        yield at
        at += TICK
