"""What a backtest counts: who would have been an MQL, who became a customer, and how the score told them apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from statistics import mean, median
from typing import Final

from scoring.backtest.asof import Then
from scoring.backtest.outcomes import Closed
from scoring.backtest.result import PairCounts, PartCounts, TallyCounts

PARTS: Final = 10
DAY: Final = 86_400
# Customers are named for whom the two versions differ, so many at most.
NAMED: Final = 10


@dataclass
class Tally:
    """One version, lead by lead."""

    totals: list[tuple[int, bool]] = field(default_factory=list)
    mqls: int = 0
    caught: int = 0
    days: list[float] = field(default_factory=list)

    def add(self, lead: Closed, then: Then, first_at: datetime | None, *, is_mql: bool) -> None:
        """`first_at` is when it first qualified; asked for of customers only."""
        self.totals.append((then.total, lead.is_won))
        if not is_mql:
            return
        self.mqls += 1
        if lead.is_won:
            self.caught += 1
            if first_at is not None:
                self.days.append((lead.before - first_at).total_seconds() / DAY)

    def as_json(self) -> TallyCounts:
        return {
            "mqls": self.mqls,
            "caught": self.caught,
            "median_days": median(self.days) if self.days else None,
            "mean_days": mean(self.days) if self.days else None,
            "parts": parts(self.totals),
        }


@dataclass
class Pairs:
    """The same leads under both versions: [both, only the old, only the new, neither] would have made them MQLs."""

    won: list[int] = field(default_factory=lambda: [0] * 4)
    other: list[int] = field(default_factory=lambda: [0] * 4)
    missed_newly: list[int] = field(default_factory=list)
    caught_newly: list[int] = field(default_factory=list)

    def add(self, lead: Closed, *, old: bool, new: bool) -> None:
        place = (0 if new else 1) if old else (2 if new else 3)
        (self.won if lead.is_won else self.other)[place] += 1
        if lead.is_won and old != new:
            named = self.caught_newly if new else self.missed_newly
            if len(named) < NAMED:
                named.append(lead.lead_id)

    def as_json(self) -> PairCounts:
        return {
            "won": self.won,
            "other": self.other,
            "missed_newly": self.missed_newly,
            "caught_newly": self.caught_newly,
        }


def parts(totals: Sequence[tuple[int, bool]], *, count: int = PARTS) -> list[PartCounts]:
    """The leads in `count` parts of equal size by their points, the highest first: leads, won, and the points.

    Leads with equal points share their customers evenly between the parts they lie in, as if their order had been
    drawn again and again; so `won` need not be whole. Fewer leads than parts: no parts.
    """
    if len(totals) < count:
        return []
    ends = [len(totals) * place // count for place in range(1, count + 1)]
    made: list[PartCounts] = [{"leads": 0, "won": 0.0, "low": 0, "high": 0} for _end in ends]
    place, part = 0, 0
    for points, leads in groupby(sorted(totals, reverse=True), key=lambda each: each[0]):
        outcomes = [is_won for _points, is_won in leads]
        share, left = sum(outcomes) / len(outcomes), len(outcomes)
        while left:
            portion = min(left, ends[part] - place)
            row = made[part]
            row["high"] = points if not row["leads"] else row["high"]
            row["low"] = points
            row["leads"] += portion
            row["won"] += share * portion
            place, left = place + portion, left - portion
            part += place == ends[part]
    return made
