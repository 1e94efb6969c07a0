"""When time alone changes a score: for each behaviour rule the first moment at which it matches less often, or is worth
less.

What a rule counts leaves its window one after the other, oldest first. With the newest first, let held be what is
counted so far, up to and including each activity (for visits, channels, assets and days: each different one, at its
newest). A rule that matches t times needs t x at_least, and loses a match when the last activity leaves with which
held is enough: next = max(occurred_at) where held >= need, plus the window.

A faded measure falls besides. Two activities fade alike, so held falls to need after half-life x log2(held / need):
next = max(the earlier of leaving and falling) where held >= need; without a window there is only the falling. need is
where the worth rounds to one less, or half a match is reached (scoring/engine/worth.py): half a millionth of a match
under the fewest parts that are worth as much. A millisecond and the rest of the second are taken off against
rounding, so a falling is told up to a second early. A next change is later than now, so that a sweep always gets on.
"""

from typing import Final

from scoring.engine.definition import Definition
from scoring.engine.expressions import Moment
from scoring.engine.fragments import Piece, piece
from scoring.engine.worth import PARTS, next_fewer
from scoring.models import Rule
from scoring.registry.measures import MEASURES

# The place of a rule, or the name of a recent one.
Index = int | str
MICROSECOND, MILLISECOND = "interval '1 microsecond'", "interval '1 millisecond'"
# Older than a thousand half-lives is nothing; beyond that power() would report an underflow.
FADED: Final = "power(0.5::double precision, least(extract(epoch FROM %s - {})::double precision / %s, 1000))"


def faded(rule: Rule, at: str) -> Piece:
    """What is left now of something that was one at that moment."""
    return piece(FADED.format(at), Moment(), (rule.half_life_days or 0) * 86_400)


def window_columns(rule: Rule, index: Index) -> list[Piece]:
    """For each lead what this rule counts in its window: w<n> the moments, v<n> what was seen or spent.

    Where one is all that counts the newest is enough.
    """
    if rule.within_days is None:
        return []
    column = MEASURES[rule.measure].column
    counts = f"FILTER (WHERE c{index} AND {column.counts})" if column else f"FILTER (WHERE c{index})"
    if _is_one_enough(rule):
        return [Piece(f"max(occurred_at) {counts} AS w{index}")]
    values = [Piece(f"array_agg({column.name}) {counts} AS v{index}")] if column else []
    return [Piece(f"array_agg(occurred_at) {counts} AS w{index}"), *values]


def window_names(rule: Rule, index: Index) -> list[str]:
    """The names of these columns."""
    return [part.text.rpartition(" AS ")[2] for part in window_columns(rule, index)]


def next_changes(definition: Definition) -> list[Piece]:
    """For each rule that time changes a moment, NULL where it is worth nothing now. t<n> says how often it matches.

    What a fast track looks at loses its match when the rule itself loses its last one: with the same activity, for it
    counts the newest ones. Only what fades has less to fade from.
    """
    moments = []
    places: list[tuple[Index, Rule]] = list(enumerate(definition.rules))
    places += [(each.index, each.rule) for each in definition.recents.values() if each.rule.half_life_days]
    for index, rule in places:
        if rule.kind == Rule.Kind.BEHAVIOUR and (rule.within_days or rule.half_life_days):
            left = Piece(f"t{index}") if rule.half_life_days is None else next_fewer(rule, Piece(f"t{index}"))
            moments.append(piece("CASE WHEN {} > 0 THEN {} END", left, _next_change(rule, index)))
    return moments


def _next_change(rule: Rule, index: Index) -> Piece:
    if rule.half_life_days is None:
        last = Piece(f"w{index}") if _is_one_enough(rule) else _last_needed(rule, index)
        return piece("{} + {}", last, _window(rule))
    falls = _falls(rule, index, f"m{index}") if rule.within_days is None else _leaves_or_falls(rule, index)
    return piece(f"greatest(%s + {MICROSECOND}, {{}})", Moment(), falls)


def _is_one_enough(rule: Rule) -> bool:
    return rule.at_least == rule.max_times == 1 and rule.half_life_days is None


def _window(rule: Rule) -> Piece:
    # Hours, not days: a day of an interval is longer or shorter when clocks change.
    return piece("make_interval(hours => %s)", 24 * (rule.within_days or 0))


def _last_needed(rule: Rule, index: Index) -> Piece:
    """The moment of the activity with which a match leaves."""
    need = piece(f"t{index}::bigint * %s", rule.at_least)
    newest_first = MEASURES[rule.measure].newest_first
    if not newest_first:
        return piece("(SELECT max(at) FROM ({}) AS newest WHERE held >= {})", _added_up(rule, index), need)
    return piece("({} OFFSET {} - 1 LIMIT 1)", piece(newest_first, _counted(rule, index)), need)


def _counted(rule: Rule, index: Index) -> Piece:
    """The columns of the window as rows."""
    names = "at, value" if MEASURES[rule.measure].column else "at"
    return Piece(f"unnest({', '.join(window_names(rule, index))}) AS counted ({names})")


def _added_up(rule: Rule, index: Index) -> Piece:
    """Each moment with what is counted from it on."""
    left = faded(rule, "at") if rule.half_life_days is not None else Piece("1")
    value = piece(MEASURES[rule.measure].adds, left)
    return piece("SELECT at, sum({}) OVER (ORDER BY at DESC) AS held FROM {}", value, _counted(rule, index))


def _leaves_or_falls(rule: Rule, index: Index) -> Piece:
    return piece(
        "(SELECT max(least(at + {}, {})) FROM ({}) AS newest WHERE held >= {})",
        _window(rule),
        _falls(rule, index, "held"),
        _added_up(rule, index),
        _need(rule, index),
    )


def _falls(rule: Rule, index: Index, total: str) -> Piece:
    """When what is held now has faded to what the matches need."""
    life = float((rule.half_life_days or 0) * 86_400)
    seconds = piece(f"%s * ln({total} / {{}}) / ln(2::double precision)", life, _need(rule, index))
    return piece(f"date_trunc('second', %s + make_interval(secs => {{}}) - {MILLISECOND})", Moment(), seconds)


def _need(rule: Rule, index: Index) -> Piece:
    """The least measure that is worth what it is now."""
    return piece("(({} - 0.5::double precision) * %s)", next_fewer(rule, Piece(f"t{index}")), rule.at_least / PARTS)
