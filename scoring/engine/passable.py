"""Which of the leads that qualify may be passed to sales: what is promised before a publication, and kept after it."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, reduce
from operator import and_
from typing import Final

from django.db.models import Q

from leads.querysets import PROMOTABLE
from lib.compiled_queries import CompiledQuery, GivenMoment
from scoring.engine.definition import Definition, load
from scoring.engine.rules import did_any
from scoring.models import Criteria, Gate, Rule
from scoring.registry.fit_fields import field

PUBLISHED: Final = CompiledQuery(
    lambda: Criteria.objects.filter(state=Criteria.State.PUBLISHED).order_by().values_list("pk", "published_at")
)


def may_go(definition: Definition, *, now: datetime | GivenMoment) -> Q:
    """Of rows of Lead: whether one that qualifies under these criteria may be passed to sales.

    It is neither with sales nor decided, has not asked to be left alone and does not rest; what the criteria need is
    known; and if it came back from sales, it has done something since that scores under them.
    """
    rested = Q(rest_until=None) | Q(rest_until__lte=now)
    known = [field(key).known() for key in definition.criteria.required_fields]
    return reduce(and_, [PROMOTABLE, rested, *known, _has_news(definition.behaviours, now=now)])


def definition_in_force() -> Definition | None:
    """The published criteria, loaded once per process, for they never change; None without any."""
    published = PUBLISHED.first()
    # A publication that was rolled back may have been loaded, so its moment is part of what is asked.
    return _loaded(*published) if published else None


@lru_cache(maxsize=4)
def _loaded(criteria_id: int, _published_at: datetime | None) -> Definition:
    return load(Criteria.objects.get(pk=criteria_id))


def _has_news(behaviours: Sequence[Rule], *, now: datetime | GivenMoment) -> Q:
    """Whether the lead never came back, or a rule that speaks for it counts something it did later.

    Whether the rule has already matched as often as it may does not matter.
    """
    drawing = [rule for rule in behaviours if _draws(rule)]
    never = Q(recycled_at=None)
    return never | Q(did_any(drawing, after="recycled_at", now=now)) if drawing else never


def _draws(rule: Rule) -> bool:
    """Whether a match speaks for the lead."""
    return rule.gate != Gate.BLOCKS and (rule.points > 0 or rule.gate == Gate.FAST_TRACK)
