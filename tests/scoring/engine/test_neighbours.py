"""Leads whose keys lie side by side are read by one range; what is stored is the same."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from leads.models import Campaign, Channel, Lead
from scoring.engine import sql
from scoring.engine.batches import score_held
from scoring.engine.definition import load
from scoring.engine.expressions import BATCH
from scoring.engine.fragments import Piece, filled, for_neighbours, rows
from scoring.models import Score, Why
from scoring.registry.measures import MEASURES
from tests.scoring.building import DAY, did, make_bar, make_criteria

MakeLead = Callable[..., Lead]


@pytest.fixture
def five(make_lead: MakeLead, now: datetime) -> list[Lead]:
    leads = [make_lead(job_title="VP 100%" if n % 2 else "Clerk") for n in range(5)]
    for days, lead in enumerate(leads):
        for _ in range(days):
            did(lead, "programme_joined", now - days * DAY)
    return leads


class TestForNeighbours:
    def test_it_reads_the_same_scores(self, five: list[Lead], now: datetime) -> None:
        criteria = make_criteria(
            now,
            {"type": "programme_joined", "points": 7, "max_times": 3, "within_days": 4},
            {"kind": "fit", "field": "job_title", "operator": "contains", "values": ["vp", "100%s"], "points": 3},
        )
        channel = Channel.objects.create(key="talk", name="Talk")
        make_bar(criteria, 5, now + timedelta(days=9), channel=channel)
        part = sql.final(load(criteria))
        ids = [lead.pk for lead in five]
        expected = sorted(rows(part, lead_ids=ids, now=now))
        assert len(expected) == 5
        assert sorted(rows(for_neighbours(part), lead_ids=ids, now=now)) == expected

    def test_no_table_is_read_key_by_key(self, db: None, now: datetime) -> None:
        part = for_neighbours(sql.statement(load(make_criteria(now, {"type": "programme_joined"}))))
        assert "= ANY(%s)" not in part.text
        assert part.text.count("%s") - part.text.count("%%s") == len(part.params)

    def test_a_sign_of_percent_stays_as_it_is(self, now: datetime) -> None:
        part = Piece("SELECT '%%s' WHERE lead_id = ANY(%s) AND seen = ANY(%s)", (BATCH, [9]))
        ranged = for_neighbours(part)
        assert ranged.text == "SELECT '%%s' WHERE lead_id BETWEEN %s AND %s AND seen = ANY(%s)"
        assert filled(ranged, lead_ids=[2, 4, 7], now=now) == (2, 7, [9])

    def test_who_lies_in_between_and_was_not_asked_for_is_left_alone(self, five: list[Lead], now: datetime) -> None:
        asked = {five[0].pk: int(Why.CATALOGUE), five[3].pk: int(Why.ACTIVITY)}
        assert score_held(asked, now=now, are_neighbours=True) == 2
        assert set(Score.objects.values_list("lead_id", flat=True)) == set(asked)


class TestIndex:
    def test_it_holds_everything_a_rule_may_ask_of_an_activity(self, db: None, now: datetime) -> None:
        channel = Channel.objects.create(key="talk", name="Talk")
        campaign = Campaign.objects.create(key="spring", name="Spring")
        measures = [{"measure": measure} for measure in MEASURES]
        filters: list[dict[str, Any]] = [
            {"type": "page_view", "page_category": "pricing", "on_key_page": True, "within_days": 3},
            {"type": "download", "asset_kind": "ebook", "after": "page_view"},
            {"channel": channel, "campaign": campaign, "half_life_days": 3},
        ]
        part = for_neighbours(sql.final(load(make_criteria(now, *measures, *filters))))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {part.text}", filled(part, lead_ids=[1, 2], now=now))
            plan = " ".join(line for (line,) in cursor.fetchall())
        assert "Index Only Scan using activity_to_score" in plan
