"""The score in words adds up, says where each point came from and what is still missing."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Asset, Campaign, Lead, Machine, Page
from scoring.explain.breakdown import Breakdown, RuleLine, explain
from scoring.models import Criteria, Score
from tests.scoring.building import DAY, did, make_bar, make_criteria, score, score_leads

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture
def lead(make_lead: MakeLead) -> Lead:
    return make_lead()


def told(criteria: Criteria, lead: Lead, now: datetime) -> Breakdown:
    score(criteria, lead, now=now)
    breakdown = explain(lead, now=now)
    assert sum(line.points for line in breakdown.lines) == breakdown.total
    return breakdown


def only_line(now: datetime, lead: Lead, **rule: Any) -> RuleLine:
    [line] = told(make_criteria(now, rule), lead, now).lines
    return line


class TestTheShippedExample:
    def test_every_point_is_explained(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(job_title="VP Sales", company="Acme", employees=1200)
        for name in ("Guide", "Checklist", "E-book", "Template"):
            did(lead, "download", now - DAY, asset=Asset.objects.create(key=name, name=name))
        did(lead, "page_view", now, page=Page.objects.create(key="/prices", category="pricing"))
        score_leads([lead.pk], now=now)
        breakdown = explain(lead, now=now)
        assert [(line.name, line.points, line.detail) for line in breakdown.lines] == [
            ("Downloaded content", 15, "4 different assets × 5, at most 3 → 15"),
            ("Opened an e-mail after a download", 0, "not yet"),
            ("Visited the pricing page", 10, "1 time × 10 → 10"),
            ("Joined a programme", 0, "not yet"),
            ("Has an executive title", 15, "Job title is “VP Sales”"),
            ("Company of 50 to 500 people", 0, "Number of employees is 1,200"),
        ]
        assert (breakdown.total, breakdown.fit, breakdown.engagement, breakdown.threshold) == (40, 15, 25, 30)
        assert (breakdown.qualifies, breakdown.missing, breakdown.points_to_go) == (True, (), 0)

    def test_what_is_missing_is_said(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead(job_title="VP Sales")
        did(lead, "download", now, asset=Asset.objects.create(key="guide", name="Guide"))
        score_leads([lead.pk], now=now)
        assert explain(lead, now=now).missing == ("10 points to go",)

    def test_a_lead_without_a_score_has_no_breakdown(self, lead: Lead, now: datetime) -> None:
        with pytest.raises(Score.DoesNotExist):
            explain(lead, now=now)


class TestArithmetic:
    @pytest.mark.parametrize(
        ("rule", "detail"),
        [
            ({"points": 5, "max_times": 9}, "4 times × 5 → 20"),
            ({"points": 5}, "4 times × 5, at most 1 → 5"),
            ({"points": -5, "max_times": 9}, "4 times × -5 → -20"),
            ({"points": 0, "gate": "required"}, "4 times"),
            ({"points": 10, "at_least": 3}, "4 times, 3 for each match: 1 × 10 → 10"),
            ({"points": 10, "at_least": 5}, "4 of 5 times"),
            ({"points": 10, "measure": "days"}, "2 different days × 10, at most 1 → 10"),
            ({"points": 10, "measure": "seconds", "at_least": 90}, "60 of 90 seconds"),
            ({"points": 1, "half_life_days": 1, "max_times": 9}, "3.5 times after fading × 1, rounded → 4"),
            ({"points": 9, "half_life_days": 1, "max_times": 3}, "3.5 times after fading × 9, at most 3 → 27"),
            (
                {"points": 9, "half_life_days": 1, "at_least": 2, "max_times": 3},
                "3.5 times after fading, 2 for each match: 1.75 × 9, rounded → 16",
            ),
            (
                {"points": 9, "half_life_days": 1, "at_least": 9},
                "3.5 times after fading, 9 for each match: 0.388 × 9, rounded → 4 (less than half a match)",
            ),
            ({"points": 1, "half_life_days": 1, "at_least": 9}, "3.5 of 9 times after fading"),
            ({"type": "comment", "points": 10}, "not yet"),
        ],
    )
    def test_in_words(self, lead: Lead, now: datetime, rule: dict[str, Any], detail: str) -> None:
        for _ in range(3):
            did(lead, "download", now, seconds=20)
        did(lead, "download", now - DAY)
        assert only_line(now, lead, **rule).detail == detail

    @pytest.mark.parametrize(
        ("measure", "left_out"),
        [
            ("assets", "what names no asset is not counted"),
            ("channels", "what names no channel is not counted"),
            ("visits", "what belongs to no visit is not counted"),
            ("seconds", "what says no seconds is not counted"),
        ],
    )
    def test_a_download_that_lacks_what_is_counted_is_told_why_it_does_not_count(
        self, lead: Lead, now: datetime, measure: str, left_out: str
    ) -> None:
        did(lead, "download", now)
        line = only_line(now, lead, type="download", points=5, measure=measure)
        assert (line.times, line.detail) == (0, f"none that counts; {left_out}")

    def test_what_is_too_long_ago_or_was_a_program_is_not_told_as_never(self, lead: Lead, now: datetime) -> None:
        did(lead, "download", now - 9 * DAY)
        line = only_line(now, lead, type="download", points=5, within_days=7)
        assert line.detail == "not in the last 7 days (last on 1 Mar 2026, 09:00)"
        did(lead, "download", now, machine=Machine.SCANNER)
        line = only_line(now, lead, type="download", points=5, within_days=7)
        assert line.detail == "none that counts (last on 10 Mar 2026, 09:00)"

    def test_what_time_has_overtaken_is_told_as_it_was_stored(self, lead: Lead, now: datetime) -> None:
        criteria = make_criteria(now, {"points": 5, "max_times": 2, "within_days": 7})
        did(lead, "download", now)
        did(lead, "download", now)
        score(criteria, lead, now=now)
        breakdown = explain(lead, now=now + 8 * DAY)
        assert (breakdown.lines[0].detail, breakdown.total) == ("2 matches × 5 → 10", 10)
        assert not breakdown.is_current

    @pytest.mark.parametrize(
        ("rule", "detail"),
        [
            ({"field": "job_title", "operator": "is", "values": ["x"]}, "Job title is “Clerk”"),
            ({"field": "city", "operator": "is_unknown"}, "City is not known"),
            ({"field": "is_decision_maker", "operator": "is", "values": [True]}, "Decides: yes"),
            ({"field": "budget", "operator": "at_least", "values": [1]}, "Budget is 25,000"),
        ],
    )
    def test_of_fit(self, make_lead: MakeLead, now: datetime, rule: dict[str, Any], detail: str) -> None:
        lead = make_lead(job_title="Clerk", is_decision_maker=True, budget=25_000)
        assert only_line(now, lead, kind="fit", **rule).detail == detail


class TestActivities:
    def test_the_newest_five_that_count(self, lead: Lead, now: datetime) -> None:
        guide = Asset.objects.create(key="guide", name="Guide")
        for days in range(7):
            did(lead, "download", now - days * DAY, asset=guide)
        did(lead, "download", now)  # of nothing
        did(lead, "download", now, asset=guide, machine=1)
        did(lead, "download", now + DAY, asset=guide)
        line = only_line(now, lead, type="download", measure="assets", within_days=6)
        assert [deed.occurred_at for deed in line.activities] == [now - days * DAY for days in range(5)]
        assert {deed.sentence for deed in line.activities} == {"downloaded content “Guide”"}

    def test_only_those_after_the_other(self, lead: Lead, now: datetime) -> None:
        did(lead, "email_opened", now - 3 * DAY)
        did(lead, "download", now - 2 * DAY)
        did(lead, "email_opened", now - DAY)
        line = only_line(now, lead, type="email_opened", after="download")
        assert [deed.occurred_at for deed in line.activities] == [now - DAY]

    def test_the_statements_do_not_grow_with_rules_and_activities(self, lead: Lead, now: datetime) -> None:
        counts = []
        for rules in (2, 20):
            did(lead, "download", now)
            score(make_criteria(now, *({"points": 1} for _ in range(rules))), lead, now=now)
            with CaptureQueriesContext(connection) as queries:
                explain(lead, now=now)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestCapsAndGates:
    def test_what_a_cap_takes_off_is_a_line(self, make_lead: MakeLead, now: datetime) -> None:
        fit = {"kind": "fit", "field": "city", "operator": "is_known", "points": 20}
        criteria = make_criteria(now, fit, fit, {"points": 50}, fit_cap=30, engagement_cap=25)
        lead = make_lead(city="Porto")
        did(lead, "download", now)
        breakdown = told(criteria, lead, now)
        assert [(line.kind, line.points, line.detail) for line in breakdown.lines[3:]] == [
            ("cap", -10, "40 points, at most 30 count"),
            ("cap", -25, "50 points, at most 25 count"),
        ]

    def test_all_that_is_missing(self, make_lead: MakeLead, now: datetime) -> None:
        criteria = make_criteria(
            now,
            {"name": "Asked for a demo", "type": "demo_requested", "gate": "required"},
            {"name": "Downloaded", "type": "download", "points": 1},
            {"name": "Both", "kind": "combination", "requires": ["Asked for a demo", "Downloaded"]},
            minimum_behaviours=2,
        )
        lead = make_lead(campaign="spring")
        make_bar(criteria, 8, now + DAY, campaign=Campaign.objects.get(key="spring"))
        did(lead, "download", now)
        breakdown = told(criteria, lead, now)
        assert breakdown.missing == ("37 points to go", "“Asked for a demo” has to match", "1 more behaviour")
        assert (breakdown.threshold, breakdown.extra_bar) == (38, 8)
        assert breakdown.lines[2].detail == "still missing: “Asked for a demo”"

    def test_a_blocked_lead_is_told_why(self, make_lead: MakeLead, now: datetime) -> None:
        rule = {
            "name": "Competitor",
            "kind": "fit",
            "field": "company_name",
            "operator": "contains",
            "values": ["rival"],
        }
        breakdown = told(make_criteria(now, {**rule, "gate": "blocks"}), make_lead(company="Rival Inc"), now)
        assert breakdown.missing == ("Never an MQL because of “Competitor”.",)


class TestReceipt:
    def test_it_is_json_and_complete(self, lead: Lead, now: datetime) -> None:
        did(lead, "download", now - timedelta(hours=1), asset=Asset.objects.create(key="guide", name="Guide"))
        score_leads([lead.pk], now=now)
        receipt = json.loads(json.dumps(explain(lead, now=now).as_receipt()))
        assert (receipt["version"], receipt["total"], receipt["threshold"]) == (1, 5, 30)
        assert sum(line["points"] for line in receipt["lines"]) == 5
        assert receipt["lines"][0]["activities"] == [
            {"occurred_at": "2026-03-10T08:00:00+00:00", "sentence": "downloaded content “Guide”"}
        ]
