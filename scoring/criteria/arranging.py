"""The rules of a draft put in order and copied. There is one order over all kinds; people move within a kind."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from scoring.criteria.content import RULE_FIELDS
from scoring.criteria.refusals import too_many_rules
from scoring.models import Criteria, Rule
from scoring.models.criteria import MOST_RULES

STEP: Final = 10
HIGHEST: Final = 32_000  # what a smallint holds, with room for one more version full of rules


class NotArranged(Exception):
    """It cannot be done; the message tells a person why."""


@transaction.atomic
def move(rule: Rule, *, by: int) -> bool:
    """Lets a rule change places with its neighbour of the same kind: -1 is up, 1 is down. At either end it stays.

    Returns whether it has moved.
    """
    rules = _in_order(rule.criteria_id)
    same_kind = [each for each in rules if each.kind == rule.kind]
    place = [each.pk for each in same_kind].index(rule.pk)
    if not 0 <= place + by < len(same_kind):
        return False
    here, there = (rules.index(same_kind[at]) for at in (place, place + by))
    rules[here], rules[there] = rules[there], rules[here]
    _number(rules)
    return True


@transaction.atomic
def place(rule: Rule, *, before: int | None) -> None:
    """Puts a rule before the one of this key, of its kind and version; behind all of its kind where there is none."""
    rules = _in_order(rule.criteria_id)
    others = [each for each in rules if each.pk != rule.pk and each.kind == rule.kind]
    at = next((number for number, each in enumerate(others) if each.pk == before), len(others))
    order = iter([*others[:at], rule, *others[at:]])
    _number([next(order) if each.kind == rule.kind else each for each in rules])


@transaction.atomic
def copy_rule(rule: Rule) -> Rule:
    """The same rule once more, right below it, under another name. A combination keeps what it needs."""
    rules = _in_order(rule.criteria_id)
    if len(rules) >= MOST_RULES:
        raise NotArranged(too_many_rules(len(rules) + 1))
    columns = {name: getattr(rule, name) for name in RULE_FIELDS}
    name = _("%(name)s (copy)") % {"name": rule.name[:100]}
    copy = Rule.objects.create(**{**columns, "criteria_id": rule.criteria_id, "name": name})
    copy.requires.set(rule.requires.all())
    place = [each.pk for each in rules].index(rule.pk)
    _number([*rules[: place + 1], copy, *rules[place + 1 :]])
    return copy


def last_place(criteria: Criteria) -> int:
    """Where a new rule goes; when the numbers run out, the rules are numbered anew first."""
    rules = _in_order(criteria.pk)
    if rules and rules[-1].position + STEP > HIGHEST:
        _number(rules)
    return (rules[-1].position if rules else 0) + STEP


def why_needed(rule: Rule) -> str:
    """Why a rule may not go: a combination would be met more easily than was agreed. Empty where it may."""
    combination = rule.used_by.first()
    if combination is None:
        return ""
    return _("“%(rule)s” is part of “%(combination)s”. Take it out there and save, then delete it.") % {
        "rule": rule.name,
        "combination": combination.name,
    }


def _in_order(criteria_id: int) -> list[Rule]:
    return list(Rule.objects.filter(criteria_id=criteria_id).order_by("position", "pk"))


def _number(rules: list[Rule]) -> None:
    """10, 20, 30 ...: in this order, in one statement; rules that stand there already are left alone."""
    moved = []
    for place, rule in enumerate(rules, start=1):
        if rule.position != place * STEP:
            rule.position = place * STEP
            moved.append(rule)
    Rule.objects.bulk_update(moved, ["position"])
