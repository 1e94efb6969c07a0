"""What looks odd in a version: each check by a version that has it and by one that hardly differs and has not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Channel, Lead
from scoring.criteria.content import with_content
from scoring.criteria.publication import propose, publish, sign
from scoring.criteria.refusals import problems_of
from scoring.lint.findings import findings
from scoring.lint.unmatched import ENOUGH_LEADS
from scoring.models import Criteria, Rule
from tests.scoring.building import DAY, make_bar, make_criteria, score_leads
from tests.scoring.shipped import in_force, make_combination, make_draft

pytestmark = pytest.mark.django_db

OPENED = {"name": "Opened", "type": "email_opened", "points": 2}
DEMO = {"name": "Demo", "type": "demo_requested", "points": 20}
BIG = {"name": "Big", "kind": "fit", "field": "company_employees", "operator": "at_least", "values": [50], "points": 10}
BOSS = {"name": "Boss", "kind": "fit", "field": "job_title", "operator": "contains", "values": ["CEO"], "points": 15}
SMALL = BIG | {"name": "Small", "operator": "at_most", "values": [49]}


def said(criteria: Criteria, key: str, now: datetime) -> list[str]:
    """The sentences of one check."""
    read = with_content(Criteria.objects.filter(pk=criteria.pk)).get()
    return [finding.sentence for finding in findings(read, published=in_force(), now=now) if finding.key == key]


class Check:
    """One check, asked of criteria made of these rules."""

    key = ""

    @pytest.fixture
    def odd(self, now: datetime) -> Callable[..., list[str]]:
        def ask(*rules: dict[str, Any], **columns: Any) -> list[str]:
            return said(make_criteria(now, *rules, **columns), self.key, now)

        return ask


class TestNumbersSaid(Check):
    key = "sentence_disagrees"

    @pytest.mark.parametrize(
        ("sentence", "threshold", "is_odd"),
        [
            ("Ready with 50 points.", 50, False),
            ("Ready with 50 points.", 900, True),
            ("Ready with 1,000 points.", 1000, False),
            ("At most 30 points for fit, 50 Points in all.", 50, False),
            ("At most 30 points for fit.", 50, False),
            ("A company of 500 people that came three times in 14 days.", 50, False),
        ],
    )
    def test_the_points_of_the_sentence(
        self, odd: Callable[..., list[str]], sentence: str, threshold: int, is_odd: bool
    ) -> None:
        found = odd(DEMO | {"points": 2000}, sentence=sentence, threshold=threshold, fit_cap=30)
        assert found == ["The sentence says 50 points, and the threshold is 900. Change one of the two."] * is_odd


class TestOnlyAFastTrack(Check):
    key = "only_fast_track"

    def test_a_threshold_nobody_reaches(self, odd: Callable[..., list[str]]) -> None:
        fast = DEMO | {"gate": "fast_track"}
        [sentence] = odd(OPENED, fast, threshold=900)
        assert "No lead can reach 900 points: all rules together bring 22 at most. Only a fast track" in sentence
        assert odd(OPENED, fast, threshold=22) == []
        assert odd(OPENED, DEMO, threshold=900) == []


class TestEffort(Check):
    key = "less_effort_for_more"

    def test_an_open_worth_more_than_a_demo(self, odd: Callable[..., list[str]]) -> None:
        [sentence] = odd(OPENED | {"points": 21}, DEMO)
        assert "“Opened” is worth 21 points, more than “Demo” with 20" in sentence

    @pytest.mark.parametrize(
        "easy",
        [{"points": 20}, {"points": 21, "at_least": 10}, {"points": 21, "gate": "blocks"}],
        ids=["as much", "ten of them", "blocks"],
    )
    def test_as_much_or_many_of_them_are_fine(self, odd: Callable[..., list[str]], easy: dict[str, Any]) -> None:
        assert odd(OPENED | easy, DEMO) == []

    def test_what_one_looks_at_counts_too(self, odd: Callable[..., list[str]]) -> None:
        download = {"name": "Download", "type": "download", "points": 5}
        page = {"name": "Page", "type": "page_view", "points": 10}
        assert len(odd(page, download)) == 1
        assert odd(page | {"page_category": "pricing"}, download) == []

    def test_a_fast_track_needs_no_points(self, odd: Callable[..., list[str]]) -> None:
        assert odd(OPENED, DEMO | {"points": 1, "gate": "fast_track"}) == []


class TestFitAlone(Check):
    key = "fit_alone"

    def test_it_reaches_the_threshold(self, odd: Callable[..., list[str]]) -> None:
        [sentence] = odd(BOSS, BIG, DEMO, threshold=25)
        assert "alone brings up to 25 points, and 25 make an MQL" in sentence
        assert odd(BOSS, BIG, DEMO, threshold=26) == []

    @pytest.mark.parametrize("columns", [{"minimum_behaviours": 1}, {"fit_cap": 24}])
    def test_a_behaviour_or_a_cap_helps(self, odd: Callable[..., list[str]], columns: dict[str, int]) -> None:
        assert odd(BOSS, BIG, DEMO, threshold=25, **columns) == []

    def test_so_does_a_required_behaviour(self, odd: Callable[..., list[str]]) -> None:
        assert odd(BOSS, BIG, DEMO | {"gate": "required"}, threshold=25) == []
        assert len(odd(BOSS | {"gate": "required"}, BIG, DEMO, threshold=25)) == 1

    def test_rules_that_exclude_each_other_are_not_added(self, odd: Callable[..., list[str]]) -> None:
        assert odd(BIG, SMALL, threshold=20) == []
        assert len(odd(BIG, SMALL | {"values": [50]}, threshold=20)) == 1

    def test_a_combination_of_fit_rules_is_added(self, odd: Callable[..., list[str]]) -> None:
        both = {"name": "Both", "kind": "combination", "points": 5, "requires": ("Boss", "Big")}
        assert len(odd(BOSS, BIG, both, threshold=30)) == 1
        assert odd(BOSS, BIG, DEMO, both | {"requires": ("Boss", "Demo")}, threshold=30) == []


class TestOutOfReach(Check):
    key = "out_of_reach"

    def test_rules_that_exclude_each_other_are_not_added(self, odd: Callable[..., list[str]]) -> None:
        [sentence] = odd(DEMO, BIG, SMALL, threshold=31)
        assert "31 points: all rules together bring 30 at most" in sentence
        assert odd(DEMO, BIG, SMALL, threshold=30) == []

    def test_what_is_refused_is_not_said_twice(self, odd: Callable[..., list[str]]) -> None:
        assert odd(DEMO, BIG, SMALL, threshold=1000) == []


class TestFitNearlyAlone(Check):
    key = "fit_nearly_alone"

    def test_the_shipped_example_has_this_weakness_and_no_other(self, now: datetime) -> None:
        shipped = with_content(Criteria.objects.all()).get()
        [finding] = findings(shipped, published=in_force(), now=now)
        assert finding.key == self.key
        assert finding.sentence.startswith(
            "Who they are brings up to 25 of the 30 points, so “Downloaded content” once (5 points) is enough"
        )

    def test_one_of_little_effort_is_enough(self, odd: Callable[..., list[str]]) -> None:
        assert len(odd(BOSS, BIG, OPENED | {"points": 5})) == 1
        assert odd(BOSS, BIG, OPENED | {"points": 4}) == []
        assert odd(BOSS, BIG, OPENED | {"points": 5, "at_least": 10}) == []
        assert odd(BOSS, BIG, DEMO) == []

    def test_two_behaviours_or_a_required_one_help(self, odd: Callable[..., list[str]]) -> None:
        enough = OPENED | {"points": 5}
        assert odd(BOSS, BIG, enough, DEMO, minimum_behaviours=2) == []
        assert odd(BOSS, BIG, enough, DEMO | {"gate": "required"}) == []


class TestOpensAlone(Check):
    key = "opens_alone"

    def test_they_reach_the_threshold(self, odd: Callable[..., list[str]]) -> None:
        [sentence] = odd(OPENED | {"max_times": 15}, DEMO)
        assert sentence.startswith("“Opened” can happen without anybody wanting anything")
        assert odd(OPENED | {"max_times": 14}, DEMO) == []

    def test_anything_at_all_may_be_an_open(self, odd: Callable[..., list[str]]) -> None:
        anything = {"name": "Anything", "points": 30}
        assert len(odd(anything)) == 1
        assert odd(anything | {"page_category": "blog"}) == []

    @pytest.mark.parametrize("columns", [{"minimum_behaviours": 2}, {"engagement_cap": 29}])
    def test_another_behaviour_or_a_cap_helps(self, odd: Callable[..., list[str]], columns: dict[str, int]) -> None:
        assert odd(OPENED | {"max_times": 15}, DEMO, **columns) == []

    def test_so_does_a_required_one(self, odd: Callable[..., list[str]]) -> None:
        assert odd(OPENED | {"max_times": 15}, DEMO | {"gate": "required"}) == []


class TestReach:
    """A threshold nobody reaches is refused, so that it is not told a second time as odd."""

    def test_what_rules_that_exclude_each_other_bring_together_is_no_reason(self, now: datetime) -> None:
        assert problems_of(make_criteria(now, DEMO, BIG, SMALL, threshold=31)) == []

    def test_a_fast_track_leads_around_it(self, now: datetime) -> None:
        assert problems_of(make_criteria(now, DEMO | {"gate": "fast_track"}, threshold=31)) == []

    def test_the_page_of_a_draft_says_it_once(self, client: Client, marketer: User, rep: User, now: datetime) -> None:
        draft = make_draft(marketer, now, threshold=1000, sentence="Ready.")
        client.force_login(rep)
        page = client.get(reverse("scoring:version", args=[draft.number])).content.decode()
        assert page.count("No lead can reach") == 1
        assert "Nothing more than what is said above." in page


class TestTooManyBehaviours(Check):
    key = "too_many_behaviours"

    def test_more_than_there_are_rules(self, odd: Callable[..., list[str]]) -> None:
        assert odd(DEMO, OPENED, BIG, minimum_behaviours=3) == [
            "3 different behaviours are needed, and only 2 are in the rules. Ask for fewer."
        ]
        assert odd(DEMO, OPENED, BIG, minimum_behaviours=2) == []


class TestRequiredAndBlocked(Check):
    key = "required_and_blocked"

    @pytest.mark.parametrize(
        "narrow",
        [{}, {"page_category": "blog"}, {"measure": "days", "at_least": 2}, {"within_days": 7}],
        ids=["the same", "some of them", "more of them", "lately"],
    )
    def test_what_is_required_blocks(self, odd: Callable[..., list[str]], narrow: dict[str, Any]) -> None:
        page = {"type": "page_view", "name": "Page", "gate": "blocks"}
        [sentence] = odd(page, page | {"name": "Needed", "gate": "required", **narrow})
        assert "“Needed” has to match, and whoever matches it also matches “Page”" in sentence

    def test_the_other_way_round_is_fine(self, odd: Callable[..., list[str]]) -> None:
        page = {"type": "page_view", "name": "Page"}
        assert odd(page | {"gate": "required"}, page | {"gate": "blocks", "page_category": "other"}) == []
        assert odd(page | {"gate": "required"}, page | {"gate": "blocks", "at_least": 9}) == []
        assert odd(page | {"gate": "required"}, page | {"gate": "blocks", "within_days": 7}) == []

    def test_what_fades_matches_with_half_of_what_it_counts(self, odd: Callable[..., list[str]]) -> None:
        page = {"type": "page_view", "name": "Page", "at_least": 4, "gate": "blocks"}
        needed = page | {"name": "Needed", "gate": "required", "half_life_days": 30}
        assert odd(page, needed) == odd(page, needed | {"at_least": 6}) == []
        assert len(odd(page, needed | {"at_least": 7})) == 1

    def test_a_fit_rule_and_a_part_of_a_combination(self, odd: Callable[..., list[str]]) -> None:
        both = {"name": "Both", "kind": "combination", "gate": "required", "requires": ("Boss", "Demo")}
        assert len(odd(BOSS | {"gate": "blocks"}, DEMO, both)) == 1
        assert odd(BOSS, DEMO, both) == []
        other = BOSS | {"name": "Chief", "values": ["ceo"]}
        assert len(odd(BOSS | {"gate": "blocks"}, other | {"gate": "required"})) == 1


class TestCombinations(Check):
    key = "parts_exclude"

    @pytest.mark.parametrize(
        ("one", "other", "is_odd"),
        [
            ({"operator": "between", "values": [1, 49]}, {"operator": "at_least", "values": [50]}, True),
            ({"operator": "between", "values": [1, 50]}, {"operator": "at_least", "values": [50]}, False),
            ({"operator": "is", "values": [7]}, {"operator": "at_least", "values": [8]}, True),
            ({"operator": "is", "values": [7, 8]}, {"operator": "at_least", "values": [8]}, False),
            ({"operator": "is", "values": [7]}, {"operator": "is_not", "values": [7]}, True),
            ({"operator": "is_known", "values": []}, {"operator": "is_unknown", "values": []}, True),
            ({"operator": "is_unknown", "values": []}, {"operator": "is_unknown", "values": []}, False),
            ({"operator": "at_most", "values": ["x"]}, {"operator": "at_least", "values": [8]}, False),
            ({"field": "country", "operator": "is", "values": ["DE"]},
             {"field": "country", "operator": "is", "values": ["FR", "IT"]}, True),
            ({"field": "country", "operator": "is", "values": ["DE"]},
             {"field": "country", "operator": "is", "values": ["de"]}, False),
            ({"field": "country", "operator": "is", "values": ["DE"]},
             {"field": "city", "operator": "is", "values": ["Rome"]}, False),
            ({"field": "job_title", "operator": "contains", "values": ["ceo"]},
             {"field": "job_title", "operator": "contains", "values": ["cto"]}, False),
        ],
    )  # fmt: skip
    def test_parts_that_cannot_both_match(
        self, odd: Callable[..., list[str]], one: dict[str, Any], other: dict[str, Any], is_odd: bool
    ) -> None:
        both = {"name": "Both", "kind": "combination", "points": 5, "requires": ("One", "Other")}
        sentences = odd(BIG | one | {"name": "One"}, BIG | other | {"name": "Other"}, both)
        assert bool(sentences) == is_odd
        assert all("no lead matches both “One” and “Other”" in sentence for sentence in sentences)


class TestSameTwice(Check):
    key = "same_twice"

    @pytest.mark.parametrize("other", [{"points": 1}, {"at_least": 5}, {"asset_kind": ""}])
    def test_the_same_filter_and_measure(self, odd: Callable[..., list[str]], other: dict[str, Any]) -> None:
        [sentence] = odd(DEMO, DEMO | {"name": "Again", **other})
        assert sentence.startswith("“Demo” and “Again” count the same thing")

    def test_points_in_one_and_the_effect_in_another(self, odd: Callable[..., list[str]]) -> None:
        [sentence] = odd(DEMO, DEMO | {"name": "Needed", "points": 0, "gate": "required"})
        assert sentence.endswith("One rule can hold the points and the effect.")

    @pytest.mark.parametrize(
        "other", [{"within_days": 7}, {"measure": "days"}, {"asset_kind": "demo"}, {"is_enabled": False}]
    )
    def test_another_filter_or_measure(self, odd: Callable[..., list[str]], other: dict[str, Any]) -> None:
        assert odd(DEMO, DEMO | {"name": "Again", **other}) == []

    def test_the_same_condition(self, odd: Callable[..., list[str]]) -> None:
        assert len(odd(BOSS, BOSS | {"name": "Chief", "values": ["ceo"]})) == 1
        assert odd(BOSS, BOSS | {"name": "Chief", "values": ["cfo"]}) == []


class TestBars(Check):
    key = "expired_bars"

    def test_one_that_ended(self, now: datetime) -> None:
        criteria = make_criteria(now, DEMO)
        social = Channel.objects.get(key="paid_social")
        make_bar(criteria, 10, now + timedelta(seconds=1), channel=social)
        assert said(criteria, self.key, now) == []
        [sentence] = said(criteria, self.key, now + timedelta(seconds=1))
        assert sentence.startswith("The higher threshold for Paid social ended on 10 Mar 2026")


class TestNeverMatched(Check):
    key = "never_matched"

    def score(self, leads: int, now: datetime) -> None:
        """So many leads; one is a founder, the others match nothing."""
        inputs = [
            LeadInput(email=f"n{place}@example.com", job_title="Founder" if place == 0 else "")
            for place in range(leads)
        ]
        take_leads(inputs, agent=Agent(name="test"), now=now - DAY)
        score_leads(list(Lead.objects.values_list("pk", flat=True)), now=now)

    def test_rules_nobody_matches(self, now: datetime) -> None:
        self.score(ENOUGH_LEADS, now)
        sentences = said(in_force(), self.key, now)
        assert len(sentences) == 5
        assert sentences[0].startswith("Not one of 50 leads matches “Downloaded content”")
        assert "executive" not in " ".join(sentences)

    def test_few_leads_say_nothing(self, now: datetime) -> None:
        self.score(ENOUGH_LEADS - 1, now)
        assert said(in_force(), self.key, now) == []

    def test_a_draft_is_told_of_the_rules_it_shares(self, marketer: User, now: datetime) -> None:
        self.score(ENOUGH_LEADS, now)
        draft = make_draft(marketer, now)
        first, *others = draft.rules.all()
        Rule.objects.filter(pk__in=[rule.pk for rule in others]).delete()
        Rule.objects.filter(pk=first.pk).update(name="Took content", points=9)
        assert len(said(draft, self.key, now)) == 1
        Rule.objects.filter(pk=first.pk).update(gate="blocks")
        assert said(draft, self.key, now) == []  # what keeps leads out need not have met one
        Rule.objects.filter(pk=first.pk).update(within_days=30, gate="none")
        assert said(draft, self.key, now) == []

    def test_places_follow_the_rules_in_use(self, marketer: User, manager: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        draft.rules.filter(name="Downloaded content").update(is_enabled=False)
        propose(criteria_id=draft.pk, actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=now)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=now)
        publish(criteria_id=draft.pk, actor=marketer, now=now)
        self.score(ENOUGH_LEADS, now)
        sentences = said(in_force(), self.key, now)
        assert len(sentences) == 4
        assert "executive" not in " ".join(sentences)


class TestPage:
    def test_it_says_what_and_that_it_stops_nobody(
        self, client: Client, marketer: User, rep: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        client.force_login(rep)
        page = client.get(reverse("scoring:version", args=[draft.number])).content.decode()
        assert "What looks odd" in page
        assert "so “Downloaded content” once (5 points) is enough for an MQL" in page
        assert "Nothing of this keeps it from being proposed or signed." in page

    def test_it_says_so_when_nothing_is_odd(self, client: Client, marketer: User, rep: User, now: datetime) -> None:
        draft = make_draft(marketer, now, minimum_behaviours=2)
        client.force_login(rep)
        page = client.get(reverse("scoring:version", args=[draft.number])).content.decode()
        assert "Nothing. Points follow effort" in page

    def test_a_retired_version_is_left_alone(self, client: Client, rep: User, now: datetime) -> None:
        Criteria.objects.update(state="retired", retired_at=datetime.now(tz=now.tzinfo))
        client.force_login(rep)
        assert "What looks odd" not in client.get(reverse("scoring:version", args=[1])).content.decode()

    def test_it_costs_the_same_however_many_rules(self, now: datetime) -> None:
        costs = []
        for rules in (3, 30):
            criteria = make_criteria(now, *(DEMO | {"name": f"Demo {place}"} for place in range(rules)))
            for place in range(rules):
                make_combination(criteria, *criteria.rules.filter(kind="behaviour")[:2], name=f"Both {place}")
                make_bar(criteria, 1, now, channel=Channel.objects.get(key="email"))
            read = with_content(Criteria.objects.filter(pk=criteria.pk)).get()
            with CaptureQueriesContext(connection) as queries:
                findings(read, published=in_force(), now=now)
            costs.append(len(queries))
        assert costs[0] == costs[1]
