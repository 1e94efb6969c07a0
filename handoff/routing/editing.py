"""Routing rules as people change them: one is added at the end, changed, moved by one place, or removed.

Whoever changes one holds all of them, so that two at once come one after the other; who wrote on what is no longer
there is told so and loses nothing (`ChangedMeanwhile`).
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from json import dumps
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext as _

from handoff.models import Rep, RoutingRule
from handoff.routing.rules import Rule
from leads.models import Channel

STEP: Final = 10
# What a rule says, besides whom and which channels it names.
COLUMNS: Final = (
    "name",
    "is_active",
    "countries",
    "industries",
    "least_employees",
    "most_employees",
    "least_company_best",
    "least_company_together",
    "to_owner",
    "is_shared",
)


class ChangedMeanwhile(Exception):
    """Somebody else changed the rule; the message says so to who wrote."""


class Gone(ObjectDoesNotExist):
    """Somebody else removed the rule."""


def rules_in_order() -> list[RoutingRule]:
    """All of them, in use or not, as they are asked."""
    return list(RoutingRule.objects.prefetch_related("channels", "reps__user").order_by("position", "pk"))


def fingerprint(rule: RoutingRule) -> str:
    """Says whether a rule says the same as when somebody looked. Its place is not part of it."""
    columns = [getattr(rule, name) for name in COLUMNS]
    keys = [sorted(each.pk for each in chosen.all()) for chosen in (rule.channels, rule.reps)]
    return sha256(dumps([columns, keys]).encode()).hexdigest()[:16]


def as_asked(
    rule: RoutingRule, *, channels: Iterable[Channel] | None = None, reps: Iterable[Rep] | None = None
) -> Rule:
    """The rule as routing reads it; stored, or as somebody writes it with the channels and reps they chose."""
    channels = rule.channels.all() if channels is None else channels
    reps = rule.reps.all() if reps is None else reps
    return Rule(
        rule,
        frozenset(channel.counts_as_id or channel.pk for channel in channels),
        frozenset(rep.pk for rep in reps),
    )


def with_proposal(rules: Sequence[RoutingRule], proposed: Rule | None, *, instead_of: int | None) -> list[Rule]:
    """The rules in use as they would be: the proposed one in its place, or at the end; None: without that one."""
    would_be = list[Rule]()
    for rule in rules:
        if rule.pk != instead_of:
            would_be.append(as_asked(rule))
        elif proposed is not None:
            would_be.append(proposed)
    if proposed is not None and instead_of is None:
        would_be.append(proposed)
    return [rule for rule in would_be if rule.row.is_active]


@transaction.atomic
def write(
    *,
    rule_id: int | None,
    seen: str = "",
    values: Mapping[str, object],
    channels: Iterable[Channel],
    reps: Iterable[Rep],
) -> RoutingRule:
    """Stores what the rule says; None: a new one, asked last. Raises ChangedMeanwhile or Gone."""
    rules = _locked()
    rule = _one_of(rules, rule_id, seen=seen) if rule_id is not None else RoutingRule(position=_behind(rules))
    for name in COLUMNS:
        setattr(rule, name, values[name])
    rule.save()
    rule.channels.set(channels)
    rule.reps.set(reps)
    return rule


@transaction.atomic
def remove(*, rule_id: int, seen: str) -> None:
    """It is asked no more. Raises ChangedMeanwhile or Gone."""
    _one_of(_locked(), rule_id, seen=seen).delete()


@transaction.atomic
def move(*, rule_id: int, earlier: bool) -> None:
    """It changes places with the one before it, or behind it; the first and the last stay. Raises Gone."""
    rules = _locked()
    place = rules.index(_one_of(rules, rule_id))
    other = place - 1 if earlier else place + 1
    if 0 <= other < len(rules):
        rules[place], rules[other] = rules[other], rules[place]
    for number, rule in enumerate(rules, start=1):
        rule.position = number * STEP
    RoutingRule.objects.bulk_update(rules, ["position"])


def _locked() -> list[RoutingRule]:
    """All of them, locked, in their order."""
    keys = list(RoutingRule.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    return list(RoutingRule.objects.filter(pk__in=keys).order_by("position", "pk"))


def _one_of(rules: Sequence[RoutingRule], rule_id: int, *, seen: str = "") -> RoutingRule:
    rule = next((each for each in rules if each.pk == rule_id), None)
    if rule is None:
        raise Gone
    if seen and fingerprint(rule) != seen:
        raise ChangedMeanwhile(
            _("Somebody changed this rule while you looked. Compare with what stands below, then press again.")
        )
    return rule


def _behind(rules: Sequence[RoutingRule]) -> int:
    return max((rule.position for rule in rules), default=0) + STEP
