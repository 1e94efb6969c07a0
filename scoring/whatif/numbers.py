"""What if the points, the threshold, the caps or the minimum were others: from the stored evidence.

Only numbers can move here. What the rules look at, their gates and the higher bars stay those of the criteria in
force, because the evidence of another look is not stored. What other rules would mean is scoring/whatif/version.py.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from scoring.criteria.content import RULE_FIELDS
from scoring.engine.definition import Definition
from scoring.models import Rule
from scoring.whatif.sample import Sample, Scale
from scoring.whatif.sources import stored
from scoring.whatif.sql import counting, reached, tally_everybody, tally_some
from scoring.whatif.tally import Tallies

LARGEST_THRESHOLD: Final = 1_000_000
SWEPT: Final = 16  # about so many points of the curve
ROUND: Final = tuple(first * ten for ten in (1, 10, 100, 1000, 10_000, 100_000) for first in (1, 2, 5))
SHADOWS: Final = (25, 30, 40)
# What may differ between two versions that look at the same things.
LOOKS: Final = tuple(name for name in RULE_FIELDS if name not in ("position", "name", "points", "is_enabled"))


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What can be moved. `points` by the primary key of the rule; None for a cap: no limit."""

    threshold: int
    fit_cap: int | None
    engagement_cap: int | None
    minimum_behaviours: int
    points: Mapping[int, int]

    @classmethod
    def of(cls, definition: Definition) -> "Numbers":
        criteria = definition.criteria
        return cls(
            threshold=criteria.threshold,
            fit_cap=criteria.fit_cap,
            engagement_cap=criteria.engagement_cap,
            minimum_behaviours=criteria.minimum_behaviours,
            points={rule.pk: rule.points for rule in definition.rules},
        )

    def as_json(self) -> dict[str, object]:
        """As a question is stored: the keys of JSON are texts."""
        return {**asdict(self), "points": {str(key): points for key, points in self.points.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Numbers":
        return cls(**{**stored, "points": {int(key): points for key, points in stored["points"].items()}})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the numbers or rules would mean: counted leads, and of how many they speak."""

    counts: Tallies
    thresholds: list[int]
    step: int
    scale: Scale
    # Leads that have no current score and are left out.
    left_out: int = 0

    @property
    def sweep(self) -> list[tuple[int, int]]:
        return list(zip(self.thresholds, self.counts.sweep, strict=True))


def moved(definition: Definition, numbers: Numbers) -> Definition:
    """The same criteria with other numbers. Nothing of it is saved."""
    criteria = copy(definition.criteria)
    criteria.threshold = numbers.threshold
    criteria.fit_cap = numbers.fit_cap
    criteria.engagement_cap = numbers.engagement_cap
    criteria.minimum_behaviours = numbers.minimum_behaviours
    rules = []
    for rule in definition.rules:
        other = copy(rule)
        other.points = numbers.points.get(rule.pk, rule.points)
        rules.append(other)
    return replace(definition, criteria=criteria, rules=tuple(rules))


def ask(definition: Definition, numbers: Numbers, leads: int, *, now: datetime) -> Answer:
    """The exact answer, in two statements, however many leads there are."""
    thresholds = sweep_of(definition.criteria.threshold, numbers.threshold)
    counts = tally_everybody(definition, moved(definition, numbers), thresholds, now=now)
    return Answer(
        counts=counts,
        thresholds=thresholds,
        step=step_of(definition.criteria.threshold, numbers.threshold),
        scale=Scale(sampled=leads, leads=leads),
        left_out=max(0, leads - counts.everybody.leads),
    )


def estimate(definition: Definition, numbers: Numbers, sample: Sample, *, now: datetime) -> Answer:
    """The same of a sample, so that the numbers follow while somebody types."""
    thresholds = sweep_of(definition.criteria.threshold, numbers.threshold)
    new = moved(definition, numbers)
    part = counting(stored(definition, new, now=now), new, thresholds)
    counts = tally_some(part, thresholds, lead_ids=sample.lead_ids, now=now)
    return Answer(
        counts=counts,
        thresholds=thresholds,
        step=step_of(definition.criteria.threshold, numbers.threshold),
        scale=sample.scale,
        left_out=sample.scale.of(len(sample.lead_ids) - counts.everybody.leads),
    )


def sweep_of(*thresholds: int) -> list[int]:
    """Round thresholds from low to twice the highest of these, with these among them."""
    step = step_of(*thresholds)
    return sorted({*range(step, _end(thresholds) + 1, step), *thresholds})


def step_of(*thresholds: int) -> int:
    """The round step of a sweep: 1, 2, 5, 10, 20, 50 and so on."""
    return next(step for step in ROUND if step * SWEPT >= _end(thresholds))


def _end(thresholds: Sequence[int]) -> int:
    return min(LARGEST_THRESHOLD, max(10, 2 * max(thresholds)))


def shadows_of(threshold: int) -> list[int]:
    """25, 30 and 40 beside the threshold; the same steps in proportion where it is far from 30."""
    near = SHADOWS if 20 <= threshold <= 60 else tuple(max(1, round(threshold * each / 30)) for each in SHADOWS)
    return sorted({threshold, *near})


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """How many leads qualify today at some thresholds, counted of so many scores."""

    counts: list[tuple[int, int]]
    scale: Scale


def shadow(definition: Definition, *, now: datetime) -> Shadow:
    """What the thresholds beside the one in force would give, all else being as it is; no counts without scores."""
    thresholds = shadows_of(definition.criteria.threshold)
    counts, scale = reached(definition, thresholds, now=now)
    return Shadow(counts=list(zip(thresholds, counts, strict=True)) if counts else [], scale=scale)


# --- another version as other numbers ----------------------------------------------------------------------


def as_numbers(other: Definition, definition: Definition, *, now: datetime) -> Numbers | None:
    """The numbers of another version for the rules of this one; None when they look at different things."""
    if _bars(other, now=now) != _bars(definition, now=now):
        return None
    waiting: dict[str, list[Rule]] = {}
    for rule in definition.rules:
        waiting.setdefault(_look(rule, definition), []).append(rule)
    points: dict[int, int] = {}
    for rule in other.rules:
        same = waiting.get(_look(rule, other))
        if not same:
            return None
        points[same.pop(0).pk] = rule.points
    return replace(Numbers.of(other), points=points) if len(points) == len(definition.rules) else None


def _look(rule: Rule, definition: Definition) -> str:
    """All that decides how often a rule matches, and what a match means besides points."""
    looks: list[object] = [getattr(rule, name) for name in LOOKS]
    looks.append(definition.fast_from.get(rule.pk))
    return repr((looks, sorted(_look(part, definition) for part in definition.parts_of(rule))))


def _bars(definition: Definition, *, now: datetime) -> list[tuple[int, int, int, datetime]]:
    stand = (bar for bar in definition.bars if bar.expires_at > now)
    return sorted((bar.channel_id or 0, bar.campaign_id or 0, bar.extra_points, bar.expires_at) for bar in stand)
