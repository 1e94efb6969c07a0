"""Makes criteria, leads and activities for the tests of the engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from leads.lifecycle import locked
from leads.models import Activity, ActivityType, Campaign, Channel, Lead
from scoring.engine import sql
from scoring.engine.batches import score_held
from scoring.engine.definition import load
from scoring.engine.fragments import written
from scoring.models import Criteria, Rule, Score, SourceBar, Why

DAY = timedelta(days=1)


def make_criteria(now: datetime, *rules: dict[str, Any], **columns: Any) -> Criteria:
    """A draft with these rules in this order; `type` and `after` name activity types, `requires` rules."""
    number = (Criteria.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    criteria = Criteria.objects.create(**{"number": number, "sentence": "Ready.", "created_at": now} | columns)
    made: dict[str, Rule] = {}
    for position, given in enumerate(rules):
        columns = {"name": f"rule {position}", "kind": "behaviour"} | given
        requires = columns.pop("requires", ())
        if "type" in columns:
            columns["activity_type"] = kind(columns.pop("type"))
        if "after" in columns:
            columns["after_activity_type"] = kind(columns.pop("after"))
        rule = Rule.objects.create(criteria=criteria, position=position, **columns)
        rule.requires.set([made[name] for name in requires])
        made[rule.name] = rule
    return criteria


def make_bar(
    criteria: Criteria,
    extra: int,
    until: datetime,
    *,
    channel: Channel | None = None,
    campaign: Campaign | None = None,
) -> SourceBar:
    return SourceBar.objects.create(
        criteria=criteria, extra_points=extra, expires_at=until, channel=channel, campaign=campaign
    )


def kind(key: str) -> ActivityType:
    return ActivityType.objects.get(key=key)


def did(lead: Lead, key: str, at: datetime, **columns: Any) -> Activity:
    """One activity, exactly as given."""
    return Activity.objects.create(
        lead=lead, type=kind(key), occurred_at=at, received_at=at, message_key=uuid4(), digest=0, **columns
    )


def score(criteria: Criteria, *leads: Lead, now: datetime, fast_from: datetime | None = None) -> int:
    """Scores by these criteria, in whatever state they are; answers how many rows were written.

    `fast_from`: as if their fast tracks, which do not count the past, had come into force then.
    """
    ids = [lead.pk for lead in leads]
    definition = load(criteria)
    if fast_from is not None:
        definition = replace(definition, fast_from=dict.fromkeys(definition.fast_from, fast_from))
    return written(sql.statement(definition), lead_ids=ids, now=now, whys=[Why.PROFILE] * len(ids))


@transaction.atomic
def score_leads(lead_ids: Sequence[int], *, now: datetime, why: Why = Why.PROFILE) -> int:
    """Scores by what is in force, as a drain does; answers how many rows were written."""
    held = locked(sorted(set(lead_ids))).values_list("pk", flat=True)
    return score_held(dict.fromkeys(held, why), now=now)


def scored(criteria: Criteria, lead: Lead, now: datetime, *, fast_from: datetime | None = None) -> Score:
    score(criteria, lead, now=now, fast_from=fast_from)
    return Score.objects.get(lead=lead)


def computed(row: Score) -> dict[str, Any]:
    """What the engine computed, but for the moments."""
    names: Sequence[str] = (
        "total", "fit", "engagement", "by_hand", "grade", "matched", "bar", "qualifies", "is_fast_track", "is_blocked",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
