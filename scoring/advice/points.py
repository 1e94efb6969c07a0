"""What a match of each rule would be worth if history decided: a logistic regression, brought to points.

Of the closed leads, as they stood at their close, won or not is explained by how often each rule matched, all rules
together (advice/logistic.py, ridge 1). A coefficient b says by how much one match moves the log odds of a sale. With

    z(lead) = sum of b x matches        m = leads that reach the threshold T with the points in force (at least 1)
    points of a rule = T x b / max(z of the m-th best lead, largest |b|)

about as many leads reach the threshold as now, so it keeps its meaning, and no single match is worth more than the
threshold. Points are rounded to whole ones. Rules that block are left out, and so are rules every lead matches alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scoring.advice.logistic import NoContrast, Row, fit
from scoring.engine.definition import Definition
from scoring.engine.worth import matches, worth
from scoring.models import Gate, Rule
from scoring.models.criteria import LARGEST_POINTS

# How often each rule in use matched (what fades in parts, scoring/engine/worth.py) -> (leads, won).
Patterns = Mapping[tuple[int, ...], tuple[int, int]]

# Customers, and leads not won, for each rule that is compared; below it coefficients are noise.
PER_RULE: Final = 5
# Rules x rules x patterns of one step of the regression; of more patterns only every second, third, ... is taken.
MOST_WORK: Final = 5_000_000
NOTHING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`points` by the primary key of the rule; how many leads reach the threshold now and with them."""

    points: dict[int, int]
    # What one unit of log odds is worth.
    per_log_odds: float
    reach_now: int
    reach_then: int


def compared(definition: Definition, patterns: Patterns) -> list[int]:
    """The places of the rules whose matches differ between leads."""
    places = [place for place, rule in enumerate(definition.rules) if rule.gate != Gate.BLOCKS]
    return [place for place in places if len({pattern[place] for pattern in patterns}) > 1]


def suggest(definition: Definition, patterns: Patterns, *, trusted: Sequence[int]) -> Suggestion | None:
    """Points for the `trusted` rules (primary keys), the others keep theirs; None when nothing tells leads apart."""
    places = compared(definition, patterns)
    rows = {
        pattern: Row(
            tuple(
                (column, float(matches(definition.rules[place], pattern[place])))
                for column, place in enumerate(places)
                if pattern[place]
            ),
            leads,
            won,
        )
        for pattern, (leads, won) in patterns.items()
    }
    try:
        fitted = fit(_thinned(list(rows.values())), columns=len(places))
    except NoContrast:
        return None
    strongest = max((abs(each) for each in fitted.coefficients), default=0.0)
    if strongest < NOTHING:
        return None
    current = {rule.pk: rule.points for rule in definition.rules}
    reach_now = _reaching(definition, current, patterns)
    best = sorted(((fitted.log_odds(row) - fitted.intercept, row.leads) for row in rows.values()), reverse=True)
    per_log_odds = definition.criteria.threshold / max(_last_of(best, max(reach_now, 1)), strongest)
    points = {
        definition.rules[place].pk: max(-LARGEST_POINTS, min(LARGEST_POINTS, round(per_log_odds * coefficient)))
        for place, coefficient in zip(places, fitted.coefficients, strict=True)
        if definition.rules[place].pk in trusted
    }
    return Suggestion(points, per_log_odds, reach_now, _reaching(definition, current | points, patterns))


def _thinned(rows: list[Row]) -> list[Row]:
    work = sum((1 + len(row.values)) ** 2 for row in rows)
    return rows[:: 1 + work // MOST_WORK]


def _last_of(best: Sequence[tuple[float, int]], count: int) -> float:
    """z of the lead at place `count`, the best first."""
    for value, leads in best:
        count -= leads
        if count <= 0:
            return value
    return best[-1][0]


def _reaching(definition: Definition, points: Mapping[int, int], patterns: Patterns) -> int:
    """Leads with at least as many points as the threshold."""
    threshold = definition.criteria.threshold
    return sum(leads for pattern, (leads, _won) in patterns.items() if total(definition, points, pattern) >= threshold)


def total(definition: Definition, points: Mapping[int, int], matched: Sequence[int]) -> int:
    """The score of this evidence with these points, cut at the caps."""
    criteria, sums = definition.criteria, {True: 0, False: 0}
    for rule, times in zip(definition.rules, matched, strict=True):
        sums[rule.kind == Rule.Kind.FIT] += worth(rule, times, points=points[rule.pk])
    caps = {True: criteria.fit_cap, False: criteria.engagement_cap}
    return sum(value if (cap := caps[is_fit]) is None else min(value, cap) for is_fit, value in sums.items())
