"""Whether a lead that came back has done something new that scores."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from scoring.engine import sql
from scoring.engine.definition import Definition, in_force, load
from scoring.models import Criteria, Gate, Rule


def with_news(since: Mapping[int, datetime], *, now: datetime) -> set[int]:
    """Of these leads (key -> moment), those that did something later that scores under the criteria in force.

    It scores when a person did it and a behaviour rule that gives points, or is a fast track, counts it;
    whether the rule has already matched as often as it may does not matter.
    """
    criteria = in_force() if since else None
    if criteria is None:
        return set()
    definition, rules = _loaded(criteria.pk, criteria.published_at)
    if not rules:
        return set()
    statement = sql.news(definition, rules, dict(since))
    return sql.leads_in(statement, lead_ids=sorted(since), now=now)


@lru_cache(maxsize=4)
def _loaded(criteria_id: int, _published_at: datetime | None) -> tuple[Definition, list[Rule]]:
    """The published criteria and those of their rules that draw: loaded once per process, for they never change.

    A publication that was rolled back may have been loaded, so its moment is part of what is asked.
    """
    definition = load(Criteria.objects.get(pk=criteria_id))
    return definition, [rule for rule in definition.behaviours if _draws(rule)]


def _draws(rule: Rule) -> bool:
    """Whether a match speaks for the lead."""
    return rule.gate != Gate.BLOCKS and (rule.points > 0 or rule.gate == Gate.FAST_TRACK)
