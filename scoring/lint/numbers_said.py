"""Whether the sentence and the numbers of a version say the same, and whether the threshold means anything."""

import re

from django.utils.translation import gettext as _

from lib.numbers import number
from scoring.criteria.rule_words import points_words
from scoring.engine.definition import Definition
from scoring.lint.odd import Odd
from scoring.lint.reachable_points import most_points
from scoring.models import Gate


def sentence_disagrees(definition: Definition) -> list[Odd]:
    """The sentence names points, and none of them is the threshold."""
    criteria = definition.criteria
    named = [
        points
        for points in points_named(criteria.sentence)
        if points not in (criteria.fit_cap, criteria.engagement_cap)
    ]
    if not named or criteria.threshold in named:
        return []
    sentence = _("The sentence says %(said)s, and the threshold is %(threshold)s. Change one of the two.")
    return [Odd(sentence % {"said": points_words(named[0]), "threshold": number(criteria.threshold)})]


def only_fast_track(definition: Definition) -> list[Odd]:
    """No lead can reach the threshold, and a fast track goes around it."""
    fast = [rule for rule in definition.rules if rule.gate == Gate.FAST_TRACK]
    most, asked = most_points(definition), definition.criteria.threshold
    if not fast or most >= asked:
        return []
    sentence = _(
        "No lead can reach %(threshold)s points: all rules together bring %(most)s at most. Only a fast track makes an "
        "MQL: %(names)s. Lower the threshold, or let the sentence say so."
    )
    names = ", ".join(f"“{rule.name}”" for rule in fast)
    return [Odd(sentence % {"threshold": number(asked), "most": number(most), "names": names})]


def points_named(sentence: str) -> list[int]:
    """Every number of points in a text, in its order: "50 points" is 50, "1,000 points" a thousand."""
    words = "|".join(
        sorted({re.escape(points_words(count).lstrip("0123456789 \xa0")) for count in (1, 2)}, reverse=True)
    )
    numbers = re.findall(rf"(\d{{1,3}}(?:[.,\s]\d{{3}})+|\d+)\s*(?:{words})\b", sentence, flags=re.IGNORECASE)
    return [int(re.sub(r"\D", "", digits)) for digits in numbers]
