"""How far a lead gets with some of the rules: by who they are alone, by little effort alone, by everything."""

from collections import defaultdict
from itertools import combinations
from typing import Final

from leads.models.activity import Effort
from leads.models.content import AssetKind, PageCategory
from scoring.engine.definition import Definition
from scoring.lint.overlap import FILTERS, exclude_each_other
from scoring.models import Gate, Rule

# Of so many rules for one field each is compared with each; more are added up.
MOST_COMPARED: Final = 20
# What somebody looks at says more about them than that they look: prices are read by those who think of buying.
PAGE_EFFORT: Final[dict[str, int]] = {
    PageCategory.PRICING: Effort.HIGH,
    PageCategory.PRODUCT: Effort.MEDIUM,
    PageCategory.SERVICES: Effort.MEDIUM,
    PageCategory.CASE_STUDY: Effort.MEDIUM,
}
ASSET_EFFORT: Final[dict[str, int]] = {
    AssetKind.DEMO: Effort.HIGH,
    AssetKind.TRIAL: Effort.HIGH,
    AssetKind.PROGRAMME: Effort.HIGH,
    AssetKind.WEBINAR: Effort.MEDIUM,
    AssetKind.CASE_STUDY: Effort.MEDIUM,
}


def effort_of(rule: Rule) -> int:
    """How much a lead has to want it to match this behaviour rule once."""
    if rule.activity_type is not None:
        least = rule.activity_type.effort
    else:
        least = Effort.LOW if any(getattr(rule, name) for name in FILTERS) else Effort.PASSIVE
    page = rule.page.category if rule.page else rule.page_category
    asset = rule.asset.kind if rule.asset else rule.asset_kind
    key_page = Effort.HIGH if rule.on_key_page or (rule.page and rule.page.is_key) else least
    return max(least, key_page, PAGE_EFFORT.get(page, least), ASSET_EFFORT.get(asset, least))


def most_of(rule: Rule) -> int:
    """The most points one rule can bring."""
    return max(rule.points, 0) * (rule.max_times if rule.kind == Rule.Kind.BEHAVIOUR else 1)


def most_fit(definition: Definition) -> int:
    """The most points for who they are. Of rules for one field that exclude each other only the best counts."""
    of_field: dict[str, list[Rule]] = defaultdict(list)
    for rule in definition.fits:
        if rule.points > 0:
            of_field[rule.field].append(rule)
    most = sum(
        max(rule.points for rule in rules)
        if len(rules) <= MOST_COMPARED and all(exclude_each_other(*pair) for pair in combinations(rules, 2))
        else sum(rule.points for rule in rules)
        for rules in of_field.values()
    )
    return most if definition.criteria.fit_cap is None else min(most, definition.criteria.fit_cap)


def most_without_acting(definition: Definition) -> int:
    """The most points of somebody who does nothing: fit, and the combinations of nothing but fit rules."""
    together = sum(
        most_of(rule)
        for rule in definition.rules
        if rule.kind == Rule.Kind.COMBINATION and _is_of_fit(definition.parts_of(rule))
    )
    return most_fit(definition) + capped(definition, together)


def most_points(definition: Definition) -> int:
    """The most points any lead can have."""
    return most_fit(definition) + definition.reachable_engagement


def sum_of_points(definition: Definition) -> int:
    """The points of all rules together within the caps, also of those that exclude each other."""
    return definition.reachable_fit + definition.reachable_engagement


def needs_more_than(points: int, definition: Definition) -> bool:
    """Whether the threshold is higher than so many points; a fast track needs none."""
    has_fast_track = any(rule.gate == Gate.FAST_TRACK for rule in definition.rules)
    return not has_fast_track and points < definition.criteria.threshold


def capped(definition: Definition, engagement: int) -> int:
    """Points for what they do, as far as they count."""
    cap = definition.criteria.engagement_cap
    return engagement if cap is None else min(engagement, cap)


def behaviours_needed(definition: Definition) -> set[int]:
    """The behaviour rules without which no lead is an MQL, required themselves or by a required combination."""
    required = [rule for rule in definition.rules if rule.gate == Gate.REQUIRED]
    parts = [part for rule in required for part in (rule, *definition.parts_of(rule))]
    return {rule.pk for rule in parts if rule.kind == Rule.Kind.BEHAVIOUR}


def _is_of_fit(parts: tuple[Rule, ...]) -> bool:
    return bool(parts) and all(part.kind == Rule.Kind.FIT for part in parts)
