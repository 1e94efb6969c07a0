"""How often a rule matches, when that counts as a match, and what it is worth: in Python, and the same in SQL.

A rule that does not fade matches a whole number of times, once is a match, and is worth points x times. One that
fades is counted in parts, a million to a match: parts = min(max_times, measure / at_least) in millionths, rounded half
up. It counts as a match from half of one on, and is worth points x parts / 1,000,000, rounded half away from zero.

The faded measure is a double, and no two ways to add up doubles agree in their last digits. They agree in millionths,
and from there on all is whole numbers, so whoever computes a worth, here or in the database, rounds alike.
"""

from typing import Final

from scoring.engine.fragments import Piece, piece
from scoring.models import Rule

PARTS: Final = 1_000_000
HALF: Final = PARTS // 2


def is_match(rule: Rule, times: int) -> bool:
    """Whether the rule counts as matched; `times` as Score.matched holds it."""
    return times >= (HALF if rule.half_life_days else 1)


def matches(rule: Rule, times: int) -> float:
    """How often it matches: 2, or 1.998502 of a rule that fades."""
    return times / PARTS if rule.half_life_days else times


def worth(rule: Rule, times: int, *, points: int | None = None) -> int:
    """The points of so many matches; `points`: of one match, where not those of the rule."""
    each = rule.points if points is None else points
    if not rule.half_life_days:
        return each * times
    rounded = (abs(each) * times + HALF) // PARTS
    return rounded if each > 0 else -rounded


def match_piece(rule: Rule, times: Piece) -> Piece:
    return piece("({} >= %s)", times, HALF) if rule.half_life_days else piece("({} > 0)", times)


def worth_piece(rule: Rule, times: Piece) -> Piece:
    if not rule.half_life_days:
        return piece("{}::bigint * %s", times, rule.points)
    rounded = piece("(%s * {}::bigint + %s) / %s", abs(rule.points), times, HALF, PARTS)
    return rounded if rule.points > 0 else piece("-({})", rounded)


def parts_piece(rule: Rule, measure: Piece) -> Piece:
    """The parts of a rule that fades, of its faded measure."""
    return piece(
        "floor(least(%s, {} / %s::double precision) * %s + 0.5)::integer", rule.max_times, measure, rule.at_least, PARTS
    )


def parts(rule: Rule, measure: float) -> int:
    return int(min(rule.max_times, measure / rule.at_least) * PARTS + 0.5)


def next_fewer(rule: Rule, times: Piece) -> Piece:
    """Of a rule that fades: the fewest parts with the same worth, still a match if it is one; 0 or less: all are.

    A worth w other than 0 needs |points| x parts / PARTS >= w - 1/2, so at least (2w - 1) x PARTS / 2 / |points|.
    """
    still_a_match = piece("CASE WHEN {} THEN %s ELSE 0 END", match_piece(rule, times), HALF)
    if not rule.points:
        return still_a_match
    each = abs(rule.points)
    return piece(
        "greatest((((%s * {}::bigint + %s) / %s * 2 - 1) * %s + %s) / %s, {})",
        *(each, times, HALF, PARTS, HALF, each - 1, each),
        still_a_match,
    )
