"""Two hundred days go by: nothing but the clock and what falls due, and every score is what it would be anew."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from leads.models import Activity, ActivityType, Asset, Channel, Company, Lead, Page
from scoring.criteria.publication import propose, publish, sign
from scoring.engine.batches import drain, request_due
from scoring.engine.rescore import score_chunk
from scoring.models import Criteria, Override, Rule, Score, ScoreChange, ScoreRequest, Why
from tests.scoring.building import DAY, computed, kind, make_bar, score_leads
from tests.scoring.reference import Reference
from tests.scoring.shipped import make_draft

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAYS = 200
RULES: tuple[dict[str, Any], ...] = (
    {"activity_type": "page_view", "within_days": 14, "measure": "visits", "at_least": 2, "max_times": 3, "points": 4},
    {"activity_type": "page_view", "within_days": 30, "at_least": 3, "max_times": 2, "points": 5},
    {"activity_type": "download", "within_days": 90, "measure": "assets", "max_times": 2, "points": 6},
    {"activity_type": "email_opened", "after_activity_type": "download", "within_days": 60, "points": 7},
    {"activity_type": "page_view", "measure": "seconds", "half_life_days": 20, "at_least": 30, "max_times": 4,
     "points": 2},
    {"half_life_days": 45, "at_least": 2, "max_times": 5, "points": 3},
    {"measure": "days", "within_days": 7, "max_times": 3, "points": 2},
    {"measure": "channels", "within_days": 120, "at_least": 2, "points": 8},
    {"activity_type": "demo_requested", "within_days": 150, "gate": "fast_track", "points": 1},
    {"activity_type": "email_clicked", "within_days": 10, "points": -9},
)  # fmt: skip


@pytest.fixture
def criteria(marketer: User, manager: User) -> Criteria:
    """A version in force with windows, half-lives, a combination, a bar that expires, and fit."""
    draft = make_draft(marketer, START, threshold=20, minimum_behaviours=2, engagement_cap=40)
    draft.rules.filter(kind="behaviour").delete()
    made = []
    for position, given in enumerate(RULES):
        named = {name: kind(str(value)) if name.endswith("_type") else value for name, value in given.items()}
        made.append(
            Rule.objects.create(criteria=draft, kind="behaviour", name=f"r{position}", position=position, **named)
        )
    both = Rule.objects.create(criteria=draft, kind="combination", name="both", position=90, points=10)
    both.requires.set(made[1:3])
    make_bar(draft, 6, START + 100 * DAY, channel=Channel.objects.order_by("pk")[0])
    propose(criteria_id=draft.pk, actor=marketer, now=START)
    sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=START)
    sign(criteria_id=draft.pk, side="sales", actor=manager, now=START)
    return publish(criteria_id=draft.pk, actor=manager, now=START)


@pytest.fixture
def people(db: None) -> list[Lead]:
    """Thirty leads with what they did in the year before, some of it yet to come."""
    dice = Random(7)
    company = Company.objects.create(name="Acme", employees=120, created_at=START)
    channels = [None, *Channel.objects.order_by("pk")[:3]]
    leads = Lead.objects.bulk_create(
        Lead(external_id=f"clock {n}", job_title=dice.choice(("", "CEO")), company=dice.choice((None, company)),
             first_channel=dice.choice(channels), created_at=START, recorded_at=START)
        for n in range(30)
    )  # fmt: skip
    types = list(ActivityType.objects.filter(key__in={str(rule.get("activity_type", "download")) for rule in RULES}))
    pages = [Page.objects.create(key=f"/clock/{n}") for n in range(2)]
    assets = [Asset.objects.create(key=f"clock {n}", name="x", kind="ebook") for n in range(3)]
    made = []
    for lead in leads:
        for n in range(dice.choice((0, 2, 8, 25))):
            at = START + timedelta(hours=dice.randint(-8000, 24 * 60))
            made.append(
                Activity(
                    lead=lead,
                    type=dice.choice(types),
                    occurred_at=at,
                    received_at=START,
                    page=dice.choice(pages),
                    asset=dice.choice(assets),
                    channel=dice.choice(channels),
                    visit=UUID(int=dice.randint(0, 3)) if at.hour % 3 else None,
                    seconds=dice.choice((None, 5, 60, 200)),
                    machine=dice.choice((0, 0, 0, 1)),
                    message_key=UUID(int=1000 * lead.pk + n),
                    digest=0,
                )
            )
    Activity.objects.bulk_create(made)
    return leads


def reference_of(criteria: Criteria, people: list[Lead]) -> Iterator[tuple[int, Lead, list[Activity]]]:
    related = ("company", "first_channel__counts_as", "first_page")
    for lead in Lead.objects.filter(pk__in=[lead.pk for lead in people]).select_related(*related):
        yield lead.pk, lead, list(lead.activities.select_related("asset", "page"))


@pytest.mark.slow
def test_every_day_is_as_if_everybody_had_been_scored_anew(
    criteria: Criteria, people: list[Lead], administrator: User
) -> None:
    Override.objects.create(
        lead=people[0], points=15, reason="met at a fair", created_by=administrator, created_at=START,
        expires_at=START + 50 * DAY,
    )  # fmt: skip
    ScoreRequest.objects.all().delete()
    while score_chunk(now=START):
        pass
    score_leads([lead.pk for lead in people], now=START)
    reference, held = Reference.of(criteria), list(reference_of(criteria, people))
    looked_at = 0
    for day in range(1, DAYS + 1):
        now = START + day * DAY + timedelta(minutes=13)
        asked = request_due(now=now)
        assert drain(now=now) == asked
        looked_at += asked
        rows = Score.objects.in_bulk([lead.pk for lead in people])
        for lead_id, lead, deeds in held:
            expected, held_now = asdict(reference.score(lead, deeds, now)), computed(rows[lead_id])
            for each in (expected, held_now):
                each["matched"] = reference.seen(each["matched"])
            assert held_now == expected, (day, lead.external_id)
        assert request_due(now=now) == 0
    moves = ScoreChange.objects.filter(why=Why.TIME).values("lead", "changed_at").distinct().count()
    # Most looks find something: nobody is rescored every day to be on the safe side.
    assert moves <= looked_at < DAYS * len(people) / 3
