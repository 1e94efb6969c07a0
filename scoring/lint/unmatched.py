"""Rules nobody matches: what the scores under the criteria in force say about rules that ask the same."""

from collections.abc import Collection
from typing import Final

from django.db.models import Exists
from django.utils.translation import gettext as _

from lib.numbers import number
from scoring.engine.definition import Definition
from scoring.lint.odd import Odd
from scoring.lint.overlap import matches_when
from scoring.models import Criteria, Gate, Score

# "Not one of them" says something from this many leads on.
ENOUGH_LEADS: Final = 50


def never_matched(definition: Definition, *, published: Criteria | None, told: Collection[int] = ()) -> list[Odd]:
    """Rules no scored lead matches, known for those that `published`, the criteria in force, have too.

    Four statements at most.

    `told` are keys of rules of which is said already why nobody can match them. A rule that keeps leads out does its
    work where nobody matches it.
    """
    leads = Score.objects.filter(criteria=published).count() if published else 0
    if published is None or leads < ENOUGH_LEADS:
        return []
    places = _places(published)
    asked = {rule.pk: places[key] for rule in definition.rules if (key := matches_when(rule)) in places}
    is_matched = _is_matched(published, sorted(set(asked.values())))
    sentence = _(
        "Not one of %(leads)s leads matches “%(name)s”. See whether what it asks for is recorded under this name; "
        "if nobody does it, leave the rule out."
    )
    return [
        Odd(sentence % {"name": rule.name, "leads": number(leads)}, (rule,))
        for rule in definition.rules
        if rule.pk in asked and rule.pk not in told and rule.gate != Gate.BLOCKS and not is_matched[asked[rule.pk]]
    ]


def _places(published: Criteria) -> dict[object, int]:
    """What each rule in use asks, and its place in Score.matched."""
    rules = published.rules.filter(is_enabled=True).order_by("position", "pk").prefetch_related("requires")
    return {matches_when(rule): place for place, rule in enumerate(rules)}


def _is_matched(published: Criteria, places: list[int]) -> dict[int, bool]:
    """For each place of Score.matched whether any lead matches there; one statement, which stops at the first lead."""
    if not places:
        return {}
    scores = Score.objects.filter(criteria=published)
    marks = [Exists(scores.filter(**{f"matched__{place}__gt": 0})) for place in places]
    flags = Criteria.objects.filter(pk=published.pk).order_by().values_list(*marks).get()
    return dict(zip(places, flags, strict=True))
