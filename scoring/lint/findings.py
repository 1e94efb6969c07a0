"""What looks odd in a version: a sentence that names the rule, says why, and what to do. It keeps nobody from anything.

What a draft is refused for is said by scoring/criteria/refusals.py; here is what can be evaluated and is still hardly
meant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from django.utils.translation import gettext as _

from leads.models.activity import Effort
from lib.moments import until_words
from lib.numbers import number
from scoring.advice.history import contradictions
from scoring.criteria import refusals
from scoring.criteria.rule_words import points_words
from scoring.engine.definition import Definition
from scoring.lint.numbers_said import only_fast_track, sentence_disagrees
from scoring.lint.odd import Odd
from scoring.lint.overlap import clash, looks_at, takes_in
from scoring.lint.reachable_points import (
    behaviours_needed,
    capped,
    effort_of,
    most_of,
    most_points,
    most_without_acting,
    needs_more_than,
    sum_of_points,
)
from scoring.lint.unmatched import never_matched
from scoring.lint.unsent import never_sent
from scoring.models import Criteria, Gate, Rule


@dataclass(frozen=True)
class Finding:
    """One thing that looks odd; `key` names the check that found it, `rules` the keys of the rules it is about."""

    key: str
    sentence: str
    rules: frozenset[int] = frozenset()

    @classmethod
    def of(cls, key: str, odd: Odd) -> "Finding":
        return cls(key, odd.sentence, frozenset(rule.pk for rule in odd.rules))


def findings(criteria: Criteria, *, published: Criteria | None, now: datetime) -> list[Finding]:
    """What looks odd, the heaviest first; `published` are the criteria in force.

    `criteria` was read by content.with_content; it costs eight statements.
    """
    definition = _definition(criteria)
    unsent = never_sent(definition)
    by_check = {
        **{key: check(definition) for key, check in CHECKS.items()},
        "contradicted": contradictions(definition, published=published),
        "expired_bars": expired_bars(definition, now=now),
        "never_sent": [Odd(unsent[rule.pk], (rule,)) for rule in definition.rules if rule.pk in unsent],
        "never_matched": never_matched(definition, published=published, told=unsent),
    }
    return [Finding.of(key, odd) for key, oddities in by_check.items() for odd in oddities]


# --- whether anybody can be an MQL at all ---------------------------------------------------------------


def too_many_behaviours(definition: Definition) -> list[Odd]:
    """More different behaviours are needed than there are behaviour rules."""
    needed, rules = definition.criteria.minimum_behaviours, len(definition.behaviours)
    if needed <= rules or any(rule.gate == Gate.FAST_TRACK for rule in definition.rules):
        return []
    sentence = _("%(needed)s different behaviours are needed, and only %(rules)s are in the rules. Ask for fewer.")
    return [Odd(sentence % {"needed": number(needed), "rules": number(rules)})]


def required_and_blocked(definition: Definition) -> list[Odd]:
    """Whoever matches what is required matches what blocks, so nobody can be an MQL."""
    required = [rule for rule in definition.rules if rule.gate == Gate.REQUIRED]
    blocking = [rule for rule in definition.rules if rule.gate == Gate.BLOCKS]
    sentence = _(
        "“%(needed)s” has to match, and whoever matches it also matches “%(blocks)s”, which keeps a lead from "
        "ever being an MQL. Change the effect of one of the two."
    )
    return [
        Odd(sentence % {"needed": needed.name, "blocks": blocks.name}, (needed, blocks))
        for needed in required
        for blocks in blocking
        if any(takes_in(blocks, part) for part in (needed, *definition.parts_of(needed)))
    ]


def parts_exclude(definition: Definition) -> list[Odd]:
    """A combination needs two rules no lead can match at once."""
    sentence = _("“%(name)s” can never match: no lead matches both “%(one)s” and “%(other)s”. Leave one of them out.")
    return [
        Odd(sentence % {"name": rule.name, "one": pair[0].name, "other": pair[1].name}, (rule,))
        for rule in definition.rules
        if rule.kind == Rule.Kind.COMBINATION and (pair := clash(list(definition.parts_of(rule))))
    ]


# --- whether an MQL would be one ------------------------------------------------------------------------


def fit_alone(definition: Definition) -> list[Odd]:
    """Somebody who never did anything is an MQL."""
    most, asked = most_without_acting(definition), definition.criteria.threshold
    if most < asked or definition.criteria.minimum_behaviours or behaviours_needed(definition):
        return []
    sentence = _(
        "Who they are alone brings up to %(most)s points, and %(threshold)s make an MQL: a lead that never did "
        "anything can be one. Ask for at least one behaviour, or set the most points for fit below the threshold."
    )
    return [Odd(sentence % {"most": number(most), "threshold": number(asked)})]


def fit_nearly_alone(definition: Definition) -> list[Odd]:
    """The best fit lacks so little that a single match of a rule of no high effort makes an MQL."""
    most, asked = most_without_acting(definition), definition.criteria.threshold
    enough = [
        rule
        for rule in definition.behaviours
        if rule.at_least == 1
        and effort_of(rule) < Effort.HIGH
        and capped(definition, max(rule.points, 0)) >= asked - most > 0
    ]
    needed = behaviours_needed(definition)
    enough = [rule for rule in enough if needed <= {rule.pk}]
    if not enough or definition.criteria.minimum_behaviours > 1:
        return []
    least = min(enough, key=lambda rule: (rule.points, effort_of(rule)))
    sentence = _(
        "Who they are brings up to %(most)s of the %(threshold)s points, so “%(name)s” once (%(points)s) is enough "
        "for an MQL. Ask for two different behaviours, or raise the threshold."
    )
    words = {
        "most": number(most),
        "threshold": number(asked),
        "name": least.name,
        "points": points_words(least.points),
    }
    return [Odd(sentence % words, (least,))]


def opens_alone(definition: Definition) -> list[Odd]:
    """What happens by itself, such as an opened e-mail, makes an MQL."""
    passive = [rule for rule in definition.behaviours if effort_of(rule) == Effort.PASSIVE and rule.points > 0]
    most, asked = (
        capped(definition, sum(map(most_of, passive))),
        definition.criteria.threshold,
    )
    is_enough = most >= asked and definition.criteria.minimum_behaviours <= len(passive)
    if not is_enough or not behaviours_needed(definition) <= {rule.pk for rule in passive}:
        return []
    sentence = _(
        "%(names)s can happen without anybody wanting anything. This alone brings up to %(most)s points, "
        "where %(threshold)s make an MQL. Give it fewer points or fewer matches."
    )
    words = {"names": _names(passive), "most": number(most), "threshold": number(asked)}
    return [Odd(sentence % words, tuple(passive))]


def less_effort_for_more(definition: Definition) -> list[Odd]:
    """One match of something easy is worth more than one of something that takes more wanting."""
    sentence = _(
        "“%(easy)s” is worth %(points)s, more than “%(hard)s” with %(fewer)s, although that takes more "
        "effort. Give more points to what is closer to buying."
    )
    worth = [rule for rule in definition.behaviours if rule.points > 0 and rule.gate != Gate.BLOCKS]
    odd = []
    for easy in (rule for rule in worth if rule.at_least == 1):
        harder = [
            rule
            for rule in worth
            if effort_of(rule) > effort_of(easy) and rule.points < easy.points and rule.gate != Gate.FAST_TRACK
        ]
        if harder:
            hard = min(harder, key=lambda rule: (-effort_of(rule), rule.points))
            words = {
                "easy": easy.name,
                "points": points_words(easy.points),
                "hard": hard.name,
                "fewer": number(hard.points),
            }
            odd.append(Odd(sentence % words, (easy,)))
    return odd


# --- whether a rule does what it seems to ---------------------------------------------------------------


def same_twice(definition: Definition) -> list[Odd]:
    """Two rules take the same activities and count the same of them, or ask the same of a lead."""
    twice = _(
        "“%(one)s” and “%(other)s” count the same thing, so it counts twice. Make them one rule or tell them apart."
    )
    in_two = _("“%(one)s” and “%(other)s” ask for the same thing. One rule can hold the points and the effect.")
    return [
        Odd((twice if one.points and other.points else in_two) % {"one": one.name, "other": other.name}, (one, other))
        for (one, asked), (other, also) in combinations([(rule, looks_at(rule)) for rule in definition.rules], 2)
        if asked == also
    ]


def expired_bars(definition: Definition, *, now: datetime) -> list[Odd]:
    """A higher bar whose day has passed."""
    sentence = _(
        "The higher threshold for %(source)s ended on %(day)s and asks nothing any more. Delete it or choose a "
        "later day."
    )
    return [
        Odd(sentence % {"source": bar.channel or bar.campaign, "day": until_words(bar.expires_at)})
        for bar in definition.bars
        if bar.expires_at <= now
    ]


def out_of_reach(definition: Definition) -> list[Odd]:
    """Rules that exclude each other bring less than the threshold, though all together they would bring enough.

    Where not even that is enough the version is refused (scoring/criteria/refusals.py).
    """
    most = most_points(definition)
    if not needs_more_than(most, definition):
        return []
    is_refused = needs_more_than(sum_of_points(definition), definition)
    return [] if is_refused else [Odd(refusals.out_of_reach(definition, most))]


# In the order in which they are told, before what takes a clock or the scores.
CHECKS: Final[dict[str, Callable[[Definition], list[Odd]]]] = {
    check.__name__: check
    for check in (
        out_of_reach,
        only_fast_track,
        sentence_disagrees,
        too_many_behaviours,
        required_and_blocked,
        parts_exclude,
        fit_alone,
        fit_nearly_alone,
        opens_alone,
        less_effort_for_more,
        same_twice,
    )
}


def _definition(criteria: Criteria) -> Definition:
    """The version as the engine reads it, from what was read already."""
    rules = list(criteria.rules.all())
    return Definition(
        criteria=criteria,
        rules=tuple(rule for rule in rules if rule.is_enabled),
        requires={rule.pk: frozenset(part.pk for part in rule.requires.all()) for rule in rules},
        bars=tuple(criteria.source_bars.all()),
    )


def _names(rules: list[Rule]) -> str:
    return ", ".join(f"“{rule.name}”" for rule in rules)
