"""Ways to bring criteria into a state, through the domain functions."""

from datetime import datetime
from typing import Any

from accounts.models import User
from scoring.criteria.publication import draft_from, propose, publish, sign
from scoring.models import Criteria, Rule, Signature


def in_force() -> Criteria:
    return Criteria.objects.get(state=Criteria.State.PUBLISHED)


def make_draft(actor: User, now: datetime, **changes: Any) -> Criteria:
    """A draft from what is in force, changed before anybody sees it."""
    draft = draft_from(in_force(), actor=actor, now=now)
    if changes:
        Criteria.objects.filter(pk=draft.pk).update(**changes)
        draft.refresh_from_db()
    return draft


def make_proposed(actor: User, now: datetime, **changes: Any) -> Criteria:
    return propose(criteria_id=make_draft(actor, now, **changes).pk, actor=actor, now=now)


def make_signed(marketer: User, manager: User, now: datetime, **changes: Any) -> Criteria:
    criteria = make_proposed(marketer, now, **changes)
    sign(criteria_id=criteria.pk, side=Signature.Side.MARKETING, actor=marketer, now=now)
    sign(criteria_id=criteria.pk, side=Signature.Side.SALES, actor=manager, now=now)
    return criteria


def make_published(marketer: User, manager: User, now: datetime, **changes: Any) -> Criteria:
    criteria = make_signed(marketer, manager, now, **changes)
    return publish(criteria_id=criteria.pk, actor=marketer, now=now)


def make_combination(criteria: Criteria, *needed: Rule, **fields: Any) -> Rule:
    combination = Rule.objects.create(
        criteria=criteria,
        kind=Rule.Kind.COMBINATION,
        **{"name": "Both at once", "points": 5, "position": 90, **fields},
    )
    combination.requires.set(needed)
    return combination
