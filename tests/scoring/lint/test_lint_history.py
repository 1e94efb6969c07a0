"""What looks odd because of what was recorded: things nobody ever sent, and rules history speaks against."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from leads.models import Activity, Asset, Campaign, Channel, Lead, Machine, Page
from scoring.criteria.content import content_digest, with_content
from scoring.lint import unsent
from scoring.lint.findings import findings
from scoring.lint.unmatched import ENOUGH_LEADS
from scoring.models import Analysis, Criteria
from tests.scoring.building import did, kind, make_criteria, score_leads
from tests.scoring.shipped import in_force, make_draft, make_published

pytestmark = pytest.mark.django_db


def said(criteria: Criteria, key: str, now: datetime) -> list[str]:
    read = with_content(Criteria.objects.filter(pk=criteria.pk)).get()
    return [finding.sentence for finding in findings(read, published=in_force(), now=now) if finding.key == key]


class TestNeverSent:
    """200 visits of a pricing page through paid search are known, and nothing else."""

    @pytest.fixture(autouse=True)
    def visits(self, make_lead: Callable[..., Lead], now: datetime) -> Activity:
        lead, page = make_lead(), Page.objects.create(key="/prices", category="pricing")
        search = Channel.objects.get(key="paid_search")
        for _ in range(unsent.ENOUGH_ACTIVITIES):
            last = did(lead, "page_view", now - timedelta(days=1), page=page, channel=search)
        return last

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            ({"type": "webinar_attended"}, "none of the last 200 activities of people is “attended a webinar”"),
            ({"type": "page_view", "after": "download"}, "is “downloaded content”"),
            ({"page_category": "blog"}, "was on such a page (blog)"),
            ({"on_key_page": True}, "was on such a page (key pages)"),
            ({"asset_kind": "ebook"}, "had such content (e-book)"),
        ],
        ids=["type", "after", "kind of page", "key pages", "kind of content"],
    )
    def test_it_names_what_nobody_sent(self, now: datetime, rule: dict[str, Any], words: str) -> None:
        [sentence] = said(make_criteria(now, rule), "never_sent", now)
        assert sentence.startswith("“rule 0” can match nobody: ")
        assert words in sentence
        assert "See whether it is sent under another name" in sentence

    def test_single_things_too(self, now: datetime) -> None:
        rules: list[dict[str, Any]] = [
            {"page": Page.objects.create(key="/x")},
            {"asset": Asset.objects.create(key="x", name="Guide")},
            {"campaign": Campaign.objects.create(key="spring", name="Spring")},
            {"channel": Channel.objects.get(key="partner")},
        ]
        sentences = said(make_criteria(now, *rules), "never_sent", now)
        for sentence, words in zip(sentences, ["(/x)", "(Guide)", "“Spring”", "through Partner"], strict=True):
            assert words in sentence

    @pytest.mark.parametrize(
        "rule",
        [{"type": "page_view"}, {"page_category": "pricing"}, {}, {"type": "webinar_attended", "is_enabled": False}],
        ids=["type", "kind of page", "anything", "not in use"],
    )
    def test_what_was_sent_is_fine(self, now: datetime, rule: dict[str, Any]) -> None:
        assert said(make_criteria(now, rule), "never_sent", now) == []

    def test_a_channel_is_sent_under_any_name_it_counts_as(self, now: datetime) -> None:
        search, merged = Channel.objects.get(key="paid_search"), Channel.objects.create(key="ads", name="Ads")
        Channel.objects.filter(pk=search.pk).update(counts_as=merged)
        assert said(make_criteria(now, {"channel": merged}), "never_sent", now) == []
        assert said(make_criteria(now, {"channel": search}), "never_sent", now) == []

    def test_machines_send_nothing(self, visits: Activity, now: datetime) -> None:
        did(visits.lead, "download", now, machine=Machine.CRAWLER)
        assert len(said(make_criteria(now, {"type": "download"}), "never_sent", now)) == 1
        did(visits.lead, "download", now, machine=Machine.OVERRULED)
        assert said(make_criteria(now, {"type": "download"}), "never_sent", now) == []

    def test_few_activities_say_nothing(self, visits: Activity, now: datetime) -> None:
        visits.delete()
        assert said(make_criteria(now, {"type": "download"}), "never_sent", now) == []

    def test_only_the_newest_are_looked_at(
        self, visits: Activity, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Activity.objects.filter(pk=visits.pk - 150).update(type=kind("download"))
        criteria = make_criteria(now, {"type": "download"})
        assert said(criteria, "never_sent", now) == []
        monkeypatch.setattr(unsent, "LOOKED_AT", 120)
        monkeypatch.setattr(unsent, "ENOUGH_ACTIVITIES", 100)
        assert "last 120 activities" in said(criteria, "never_sent", now)[0]

    def test_what_was_never_sent_is_not_said_twice(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        score_leads([make_lead().pk for _ in range(ENOUGH_LEADS)], now=now)
        never_sent, never_matched = (said(in_force(), key, now) for key in ("never_sent", "never_matched"))
        assert [sentence.split("”")[0] for sentence in never_sent] == [
            "“Downloaded content", "“Opened an e-mail after a download", "“Joined a programme",
        ]  # fmt: skip
        assert not [sentence for sentence in never_matched if "Downloaded" in sentence]

    def test_many_rules_cost_as_much_as_one(self, now: datetime) -> None:
        costs = []
        for number in (1, 30):
            read = with_content(Criteria.objects.filter(pk=make_criteria(now, *[{"type": "download"}] * number).pk))
            criteria = read.get()
            with CaptureQueriesContext(connection) as captured:
                findings(criteria, published=in_force(), now=now)
            costs.append(len(captured))
        assert costs[0] == costs[1]


class TestContradicted:
    """The last backtest of what is in force speaks about every version that has the same rules."""

    def backtest(self, criteria: Criteria, marketer: User, **wins: int) -> None:
        """2,000 closed leads, 200 customers; each rule is matched by half of them, and by so many customers."""
        rules = [
            {"id": rule.pk, "leads": 1000, "won": wins.get(rule.name.split()[0].lower(), 100), "suggested": None}
            for rule in criteria.rules.all()
        ]
        now = timezone.now()
        Analysis.objects.create(
            kind="backtest", criteria=criteria, content_digest=content_digest(criteria), asked_by=marketer,
            asked_at=now, finished_at=now,
            result={"leads": 2000, "won": 200, "advice": {
                "rules": rules, "sources": [], "needed": 100, "reach_now": None, "reach_then": None}},
        )  # fmt: skip

    def test_a_rule_whose_matches_buy_less_is_named(self, marketer: User, now: datetime) -> None:
        self.backtest(in_force(), marketer, visited=20)
        [sentence] = said(make_draft(marketer, now), "contradicted", now)
        assert "Visited the pricing page" in sentence

    def test_rules_history_bears_out_are_fine(self, marketer: User, now: datetime) -> None:
        self.backtest(in_force(), marketer, visited=180)
        assert said(make_draft(marketer, now), "contradicted", now) == []

    def test_without_a_backtest_nothing_is_said(self, marketer: User, now: datetime) -> None:
        assert said(make_draft(marketer, now), "contradicted", now) == []

    def test_a_backtest_of_what_is_retired_says_nothing(self, marketer: User, manager: User, now: datetime) -> None:
        self.backtest(in_force(), marketer, visited=20)
        make_published(marketer, manager, now, threshold=31)
        assert said(in_force(), "contradicted", now) == []
