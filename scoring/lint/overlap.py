"""When two rules look at the same thing, when one takes in the other, and when they can never both match."""

from collections.abc import Hashable
from itertools import combinations
from typing import Final

from scoring.models import Measure, Rule
from scoring.models.rules import Operator
from scoring.registry import fit_fields

# Which activities a behaviour rule takes, but for the window; empty takes all.
FILTERS: Final = (
    "activity_type_id", "asset_id", "asset_kind", "page_id", "page_category", "campaign_id", "channel_id",
    "after_activity_type_id",
)  # fmt: skip
# What a fit rule lists in no order, and compares in lower case.
LISTED: Final = (Operator.IS, Operator.IS_NOT, Operator.CONTAINS)
NO_LIMIT: Final = fit_fields.LARGEST_NUMBER + 1


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
    return _texts(rule) if rule.operator in LISTED else tuple(map(str, rule.values))


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
    if wide.measure == Measure.ACTIVITIES and wide.at_least == 1:
        return True  # whatever is counted, something happened
    return wide.measure == narrow.measure and wide.at_least <= narrow.at_least


def exclude_each_other(one: Rule, other: Rule) -> bool:
    """Whether no lead can match both of these fit rules; where that cannot be said, no."""
    if one.kind != Rule.Kind.FIT or other.kind != Rule.Kind.FIT or one.field != other.field:
        return False
    if Operator.IS_UNKNOWN in (one.operator, other.operator):
        return one.operator != other.operator
    if not (_can_be_evaluated(one) and _can_be_evaluated(other)):
        return False
    for named, asked in ((one, other), (other, one)):
        if named.operator == Operator.IS:
            return _admits_none(asked, named)
    (low, high), (other_low, other_high) = _span(one), _span(other)
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


def _admits_none(rule: Rule, named: Rule) -> bool:
    """Whether a field with any of the named values cannot match."""
    match rule.operator:
        case Operator.IS:
            return not _texts(rule) & _texts(named)
        case Operator.IS_NOT:
            return _texts(named) <= _texts(rule)
        case Operator.BETWEEN | Operator.AT_LEAST | Operator.AT_MOST:
            low, high = _span(rule)
            return not any(low <= int(value) <= high for value in named.values)
    return False


def _texts(rule: Rule) -> frozenset[str]:
    return frozenset(str(value).casefold() for value in rule.values)


def _span(rule: Rule) -> tuple[int, int]:
    """From where to where a number may be; without end for what is no range."""
    match rule.operator:
        case Operator.BETWEEN:
            return rule.values[0], rule.values[1]
        case Operator.AT_LEAST:
            return rule.values[0], NO_LIMIT
        case Operator.AT_MOST:
            return -NO_LIMIT, rule.values[0]
    return -NO_LIMIT, NO_LIMIT
