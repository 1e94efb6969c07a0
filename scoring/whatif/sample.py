"""Leads drawn at random, and what their counts say about everybody.

The interval is Wilson's (lib/intervals.py). It says something sensible about rare things too: of none
found among 4,000 there may still be one in a thousand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10
from random import Random
from typing import Final

from django.db.models import Max, Min

from leads.models import Lead
from lib.intervals import wilson

SIZE: Final = 4000
# So many digits of an estimate mean something.
DIGITS: Final = 3
# Where most keys between the first and the last are gone, no more than so many are tried for each lead wanted.
MOST_TRIED: Final = 20


@dataclass(frozen=True, kw_only=True)
class Scale:
    """So many leads were counted, of so many that there are."""

    sampled: int
    leads: int

    @property
    def is_exact(self) -> bool:
        return self.sampled >= self.leads

    def of(self, count: int) -> int:
        """How many of all leads, rounded to what an estimate can know."""
        if self.is_exact:
            return count
        return _rounded(count * self.leads / max(1, self.sampled), round)

    def between(self, count: int) -> tuple[int, int]:
        """The 95 % interval, rounded outwards; of an exact count the count itself twice."""
        if self.is_exact:
            return count, count
        share = wilson(count, self.sampled)
        low, high = _rounded(share.low * self.leads, floor), _rounded(share.high * self.leads, ceil)
        return max(count, low), min(self.leads, high)


@dataclass(frozen=True, kw_only=True)
class Sample:
    lead_ids: list[int]
    leads: int

    @property
    def are_neighbours(self) -> bool:
        """Whether it is every lead between its first and its last key, so that a range says which."""
        return bool(self.lead_ids) and self.scale.is_exact

    @property
    def scale(self) -> Scale:
        return Scale(sampled=len(self.lead_ids), leads=self.leads)


def draw(size: int = SIZE, *, leads: int | None = None) -> Sample:
    """About `size` leads, each as likely as any other; everybody where there are no more.

    Keys are drawn between the first and the last and looked up, so the table is not read. The same keys are drawn
    again while no lead is added, so that an estimate does not tremble. `leads`: how many there are, where it is known.
    """
    leads = Lead.objects.count() if leads is None else leads
    if leads <= size:
        return Sample(lead_ids=list(Lead.objects.order_by("pk").values_list("pk", flat=True)), leads=leads)
    ends = Lead.objects.aggregate(first=Min("pk"), last=Max("pk"))
    keys = range(ends["first"], ends["last"] + 1)
    tried = Random(0).sample(keys, min(len(keys), -(-size * len(keys) // leads), size * MOST_TRIED))  # noqa: S311
    lead_ids = Lead.objects.filter(pk__among=tried).order_by("pk").values_list("pk", flat=True)
    return Sample(lead_ids=list(lead_ids), leads=leads)


def _rounded(value: float, to: Callable[[float], int]) -> int:
    """To the digits that mean something."""
    step = 10.0 ** max(0, floor(log10(value)) + 1 - DIGITS) if value > 0 else 1.0
    return int(to(value / step) * step)
