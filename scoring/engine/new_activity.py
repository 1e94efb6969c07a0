"""Whether a lead that came back has done something new that scores."""

from collections.abc import Mapping
from datetime import datetime

from scoring.engine import sql
from scoring.engine.definition import in_force, load
from scoring.models import Gate, Rule


def with_news(since: Mapping[int, datetime], *, now: datetime) -> set[int]:
    """Of these leads (key -> moment), those that did something later that scores under the criteria in force.

    It scores when a person did it and a behaviour rule that gives points, or is a fast track, counts it;
    whether the rule has already matched as often as it may does not matter.
    """
    criteria = in_force() if since else None
    if criteria is None:
        return set()
    definition = load(criteria)
    rules = [rule for rule in definition.behaviours if _draws(rule)]
    if not rules:
        return set()
    statement = sql.news(definition, rules, dict(since))
    return sql.leads_in(statement, lead_ids=sorted(since), now=now)


def _draws(rule: Rule) -> bool:
    """Whether a match speaks for the lead."""
    return rule.gate != Gate.BLOCKS and (rule.points > 0 or rule.gate == Gate.FAST_TRACK)
