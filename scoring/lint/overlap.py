"""When two rules look at the same thing, when one takes in the other, and when they can never both match."""

from collections.abc import Hashable
from itertools import combinations
from typing import Final

from scoring.models import Rule
from scoring.registry import fit_fields
from scoring.registry.measures import MEASURES
from scoring.registry.operators import OPERATORS, alike

# Which activities a behaviour rule takes, but for the window; empty takes all.
FILTERS: Final = (
    "activity_type_id", "asset_id", "asset_kind", "page_id", "page_category", "on_key_page", "campaign_id",
    "channel_id", "after_activity_type_id",
)  # fmt: skip


def looks_at(rule: Rule) -> Hashable:
    """What a rule asks of a lead, whatever a match is worth: filter and measure, condition, or the rules it needs."""
    match rule.kind:
        case Rule.Kind.FIT:
            return rule.kind, rule.field, rule.operator, values_of(rule)
        case Rule.Kind.COMBINATION:
            return rule.kind, frozenset(map(_part, rule.requires.all()))
    return rule.kind, rule.measure, *filter_of(rule)


def filter_of(rule: Rule) -> tuple[Hashable, ...]:
    """Which activities a behaviour rule counts."""
    return (*(getattr(rule, name) or None for name in FILTERS), rule.within_days)


def values_of(rule: Rule) -> Hashable:
    """The values of a fit rule, so that those that mean the same are equal."""
    operator = OPERATORS.get(rule.operator)
    return alike(rule.values) if operator and operator.is_list else tuple(map(str, rule.values))


def matches_when(rule: Rule) -> Hashable:
    """Equal for rules that match the same leads at least once, as long as what they name stays the same."""
    if rule.kind == Rule.Kind.COMBINATION:
        return rule.kind, frozenset(matches_when(part) for part in rule.requires.all() if _is_part(part))
    if rule.kind == Rule.Kind.BEHAVIOUR:
        return looks_at(rule), rule.at_least, rule.half_life_days
    return looks_at(rule)


def takes_in(wide: Rule, narrow: Rule) -> bool:
    """Whether whoever matches `narrow` matches `wide` as well; where that cannot be said, no."""
    if wide.kind == narrow.kind == Rule.Kind.FIT:
        return looks_at(wide) == looks_at(narrow)
    if not wide.kind == narrow.kind == Rule.Kind.BEHAVIOUR or wide.half_life_days:
        return False
    if any(getattr(wide, name) and getattr(wide, name) != getattr(narrow, name) for name in FILTERS):
        return False
    if wide.within_days and (narrow.within_days is None or narrow.within_days > wide.within_days):
        return False
    if MEASURES[wide.measure].is_of_activities and wide.at_least == 1:
        return True  # whatever is counted, something happened
    # What fades matches with half of what it counts.
    fewest = -(-narrow.at_least // 2) if narrow.half_life_days else narrow.at_least
    return wide.measure == narrow.measure and wide.at_least <= fewest


def exclude_each_other(one: Rule, other: Rule) -> bool:
    """Whether no lead can match both of these fit rules; where that cannot be said, no."""
    if one.kind != Rule.Kind.FIT or other.kind != Rule.Kind.FIT or one.field != other.field:
        return False
    asks, asks_other = OPERATORS.get(one.operator), OPERATORS.get(other.operator)
    if asks is None or asks_other is None:
        return False
    if asks.matches_unknown or asks_other.matches_unknown:
        return asks.matches_unknown != asks_other.matches_unknown
    if not (_can_be_evaluated(one) and _can_be_evaluated(other)):
        return False
    for names, named, admits, values in ((asks, one, asks_other, other.values), (asks_other, other, asks, one.values)):
        only = names.only(named.values)
        if only is not None:
            return not any(admits.admits(value, values) for value in only)
    (low, high), (other_low, other_high) = asks.span(one.values), asks_other.span(other.values)
    return max(low, other_low) > min(high, other_high)


def clash(rules: list[Rule]) -> tuple[Rule, Rule] | None:
    """Two of these rules that can never both match."""
    return next((pair for pair in combinations(rules, 2) if exclude_each_other(*pair)), None)


def _part(rule: Rule) -> Hashable:
    # A combination inside a combination never matches; following it could lead in a circle.
    return looks_at(rule) if _is_part(rule) else (rule.kind, rule.pk)


def _is_part(rule: Rule) -> bool:
    return rule.kind != Rule.Kind.COMBINATION


def _can_be_evaluated(rule: Rule) -> bool:
    try:
        fit_fields.clean_condition(rule.field, rule.operator, rule.values)
    except (fit_fields.UnknownField, fit_fields.UnfitCondition):
        return False
    return True
