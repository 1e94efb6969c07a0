"""What if the points, the threshold, the caps or the minimum were others: exact, from the stored evidence.

Only numbers can move here. What the rules look at, their gates and the higher bars stay those of the criteria in
force, because the evidence of another look is not stored.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from leads.models import Channel, Lead
from scoring.content import RULE_FIELDS
from scoring.definition import Definition
from scoring.models import Rule
from scoring.whatif_sql import Near, Tallies, Tally, edge, reached, tallies

LARGEST_THRESHOLD: Final = 1_000_000
SWEPT: Final = 16  # about so many points of the curve
ROUND: Final = tuple(first * ten for ten in (1, 10, 100, 1000, 10_000, 100_000) for first in (1, 2, 5))
SHADOWS: Final = (25, 30, 40)
CHANNELS_SHOWN: Final = 12
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


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the numbers would mean for the leads whose score is current."""

    everybody: Tally
    # Named by channel (None: no channel known), the largest first; the rest in one.
    channels: list[tuple[Channel | None, Tally]]
    other_channels: int
    others: Tally
    letters: list[tuple[str, Tally]]
    sweep: list[tuple[int, int]]
    step: int
    over: list[Near]
    under: list[Near]
    # Leads that have no current score and are left out.
    left_out: int


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


def ask(definition: Definition, numbers: Numbers, *, now: datetime) -> Answer:
    """The exact answer, in five statements, however many leads there are."""
    new = moved(definition, numbers)
    thresholds = sweep_of(definition.criteria.threshold, numbers.threshold)
    counted = tallies(definition, new, thresholds, now=now)
    over, under = edge(definition, new, now=now)
    shown, rest = _by_size(counted)
    return Answer(
        everybody=counted.everybody,
        channels=shown,
        other_channels=len(rest),
        others=Tally(*(sum(counts) for counts in zip(Tally(), *rest, strict=True))),
        letters=sorted(counted.letters.items()),
        sweep=list(zip(thresholds, counted.sweep, strict=True)),
        step=step_of(definition.criteria.threshold, numbers.threshold),
        over=over,
        under=under,
        left_out=max(0, Lead.objects.count() - counted.everybody.leads),
    )


def _by_size(counted: Tallies) -> tuple[list[tuple[Channel | None, Tally]], list[Tally]]:
    """The channels most leads that qualify came through, and the counts of the rest."""
    ranked = sorted(
        counted.channels.items(), key=lambda item: (-item[1].before - item[1].after, -item[1].leads, item[0] or 0)
    )
    known = Channel.objects.in_bulk([key for key, _tally in ranked[:CHANNELS_SHOWN] if key is not None])
    shown = [(known[key] if key is not None else None, tally) for key, tally in ranked[:CHANNELS_SHOWN]]
    return shown, [tally for _key, tally in ranked[CHANNELS_SHOWN:]]


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


def shadow(definition: Definition, *, now: datetime) -> list[tuple[int, int]]:
    """How many leads qualify today at each of these thresholds, all else being as it is; empty without scores."""
    thresholds = shadows_of(definition.criteria.threshold)
    counts = reached(definition, thresholds, now=now)
    return list(zip(thresholds, counts, strict=True)) if counts else []


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
    looks: list[Any] = [getattr(rule, name) for name in LOOKS]
    return repr((looks, sorted(_look(part, definition) for part in definition.parts_of(rule))))


def _bars(definition: Definition, *, now: datetime) -> list[tuple[Any, ...]]:
    stand = (bar for bar in definition.bars if bar.expires_at > now)
    return sorted((bar.channel_id or 0, bar.campaign_id or 0, bar.extra_points, bar.expires_at) for bar in stand)
