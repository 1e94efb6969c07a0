"""Criteria as the engine reads them: what is enabled, in the order of the evidence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from scoring.models import Criteria, Rule, SourceBar

T = TypeVar("T")


@dataclass(frozen=True)
class Definition:
    """One version of the criteria. The order of `rules` is the order of Score.matched."""

    criteria: Criteria
    rules: tuple[Rule, ...]
    # Primary key of a combination -> primary keys of the rules it needs.
    requires: Mapping[int, frozenset[int]]
    bars: tuple[SourceBar, ...]
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: "Callable[[Definition], T]") -> T:
        """What is made of this definition, such as a statement compiled from it: made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def behaviours(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.kind == Rule.Kind.BEHAVIOUR)

    @cached_property
    def fits(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.kind == Rule.Kind.FIT)

    def parts_of(self, combination: Rule) -> tuple[Rule, ...]:
        """The rules that all have to match; empty when the combination can never match.

        It cannot when it needs nothing, a rule that is not in use, or another combination.
        """
        needed = self.requires.get(combination.pk, frozenset())
        parts = tuple(rule for rule in self.rules if rule.pk in needed and rule.kind != Rule.Kind.COMBINATION)
        return parts if len(parts) == len(needed) else ()

    @cached_property
    def reachable_fit(self) -> int:
        """The most points who they are can bring: all that add, cut at the cap."""
        most = sum(rule.points for rule in self.fits if rule.points > 0)
        return most if self.criteria.fit_cap is None else min(most, self.criteria.fit_cap)

    @cached_property
    def reachable_engagement(self) -> int:
        """The most points what they do can bring: all that add, as often as they may, cut at the cap."""
        most = sum(
            rule.points * (rule.max_times if rule.kind == Rule.Kind.BEHAVIOUR else 1)
            for rule in self.rules
            if rule.points > 0 and rule.kind != Rule.Kind.FIT
        )
        return most if self.criteria.engagement_cap is None else min(most, self.criteria.engagement_cap)


def in_force() -> Criteria | None:
    """The published criteria, if there are any."""
    return Criteria.objects.filter(state=Criteria.State.PUBLISHED).first()


def load(criteria: Criteria) -> Definition:
    """The whole definition of this version, whichever state it is in, in three statements."""
    rules = tuple(
        Rule.objects.filter(criteria=criteria, is_enabled=True)
        .select_related("activity_type", "after_activity_type", "asset", "page", "campaign", "channel")
        .order_by("position", "pk")
    )
    requires: dict[int, set[int]] = {}
    pairs = Rule.requires.through.objects.filter(from_rule__criteria=criteria)
    for combination, needed in pairs.values_list("from_rule_id", "to_rule_id"):
        requires.setdefault(combination, set()).add(needed)
    return Definition(
        criteria=criteria,
        rules=rules,
        requires={combination: frozenset(needed) for combination, needed in requires.items()},
        bars=tuple(SourceBar.objects.filter(criteria=criteria).order_by("pk")),
    )
