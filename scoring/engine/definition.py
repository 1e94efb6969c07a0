"""Criteria as the engine reads them: what is enabled, in the order of the evidence."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, TypeVar

from scoring.models import Criteria, Gate, Rule, SourceBar

T = TypeVar("T")
# Of what has not come into force nothing has happened since.
NOT_YET: Final = datetime.max.replace(tzinfo=UTC)
# What a rule looks at: with another name, place, worth or limit it is the same rule.
ASKED: Final = (
    "kind", "activity_type_id", "asset_id", "asset_kind", "page_id", "page_category", "on_key_page", "campaign_id",
    "channel_id", "within_days", "after_activity_type_id", "measure", "at_least", "half_life_days",
    "field", "operator", "values",
)  # fmt: skip


@dataclass(frozen=True)
class Recent:
    """What a fast track looks at: a behaviour rule, worth nothing, for which nothing counts that happened before."""

    # How the engine names it, beside the numbers of the rules.
    index: str
    rule: Rule
    since: datetime


@dataclass(frozen=True)
class Definition:
    """One version of the criteria. The order of `rules` is the order of Score.matched."""

    criteria: Criteria
    rules: tuple[Rule, ...]
    # Primary key of a combination -> primary keys of the rules it needs.
    requires: Mapping[int, frozenset[int]]
    bars: tuple[SourceBar, ...]
    # Primary key of a fast track -> when it first came into force, where nothing that happened before is to count for
    # it; its points count all the same.
    fast_from: Mapping[int, datetime] = field(default_factory=dict)
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: "Callable[[Definition], T]") -> T:
        """What is made of this definition, such as a statement compiled from it: made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def recents(self) -> Mapping[tuple[int, datetime], Recent]:
        """By the primary key of a behaviour rule, and since when it is looked at for a fast track."""
        pairs = {
            (part.pk, self.fast_from[rule.pk]): part
            for rule in self.rules
            if rule.pk in self.fast_from
            for part in (self.parts_of(rule) if rule.kind == Rule.Kind.COMBINATION else (rule,))
            if part.kind == Rule.Kind.BEHAVIOUR
        }
        return {
            (pk, since): Recent(f"r{place}", _worthless(part), since)
            for place, ((pk, since), part) in enumerate(pairs.items())
        }

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
    """The whole definition of this version, whichever state it is in, in three statements; five with a fast track.

    What `with_content` has read of it already is not asked for again.
    """
    is_read = {"rules", "source_bars"} <= getattr(criteria, "_prefetched_objects_cache", {}).keys()
    rules, requires, bars = _read_before(criteria) if is_read else _read(criteria)
    return Definition(
        criteria=criteria,
        rules=rules,
        requires={combination: frozenset(needed) for combination, needed in requires.items()},
        bars=bars,
        fast_from=_fast_from(criteria, rules, requires),
    )


Content = tuple[tuple[Rule, ...], dict[int, set[int]], tuple[SourceBar, ...]]


def _read(criteria: Criteria) -> Content:
    """The rules in use in their order, what each combination needs, and the bars."""
    rules = (
        Rule.objects.filter(criteria=criteria, is_enabled=True)
        .select_related("activity_type", "after_activity_type", "asset", "page", "campaign", "channel")
        .order_by("position", "pk")
    )
    requires: dict[int, set[int]] = {}
    pairs = Rule.requires.through.objects.filter(from_rule__criteria=criteria)
    for combination, needed in pairs.values_list("from_rule_id", "to_rule_id"):
        requires.setdefault(combination, set()).add(needed)
    return tuple(rules), requires, tuple(SourceBar.objects.filter(criteria=criteria).order_by("pk"))


def _read_before(criteria: Criteria) -> Content:
    """The same of a version that holds its content."""
    rules = sorted(criteria.rules.all(), key=lambda rule: (rule.position, rule.pk))
    needed = {rule.pk: {part.pk for part in rule.requires.all()} for rule in rules}
    return (
        tuple(rule for rule in rules if rule.is_enabled),
        {pk: parts for pk, parts in needed.items() if parts},
        tuple(sorted(criteria.source_bars.all(), key=lambda bar: bar.pk)),
    )


def _worthless(rule: Rule) -> Rule:
    other = copy(rule)
    other.points = 0
    return other


def _fast_from(criteria: Criteria, rules: Sequence[Rule], requires: Mapping[int, set[int]]) -> dict[int, datetime]:
    """When each fast track of this version first came into force, in whichever version, unless the past counts."""
    fast = [rule for rule in rules if rule.gate == Gate.FAST_TRACK]
    if not fast or criteria.fast_track_counts_past:
        return {}
    versions = Criteria.objects.filter(
        published_at__isnull=False, rules__gate=Gate.FAST_TRACK, rules__is_enabled=True
    ).order_by()
    theirs = list(Rule.objects.filter(criteria__in=versions, is_enabled=True).select_related("criteria"))
    pairs = Rule.requires.through.objects.filter(from_rule__criteria__in=versions, from_rule__gate=Gate.FAST_TRACK)
    needed: dict[int, set[int]] = {}
    for combination, part in pairs.values_list("from_rule_id", "to_rule_id"):
        needed.setdefault(combination, set()).add(part)
    asked, came = {rule.pk: _asked(rule) for rule in theirs}, dict[Hashable, datetime]()
    for rule in theirs:
        published_at = rule.criteria.published_at
        if rule.gate == Gate.FAST_TRACK and published_at is not None:
            same = _whole(rule, asked, needed)
            came[same] = min(published_at, came.get(same, NOT_YET))
    asked = {rule.pk: _asked(rule) for rule in rules}
    return {rule.pk: came.get(_whole(rule, asked, requires), NOT_YET) for rule in fast}


def _asked(rule: Rule) -> Hashable:
    """What the rule looks at; a combination's parts are not among it."""
    return repr([getattr(rule, name) for name in ASKED])


def _whole(rule: Rule, asked: Mapping[int, Hashable], requires: Mapping[int, set[int]]) -> Hashable:
    return asked[rule.pk], frozenset(asked.get(part) for part in requires.get(rule.pk, ()))
