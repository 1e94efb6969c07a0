"""What history says about rules, and what it suggests."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from leads.models import Channel
from scoring.advice.draft import NoLongerInForce, NothingChosen, draft_of
from scoring.advice.evidence import Evidence, is_enough, side_needed
from scoring.advice.history import contradictions
from scoring.advice.points import Suggestion, suggest, total
from scoring.advice.verdicts import Verdict, advice, contradicted, last_evidence, verdicts
from scoring.backtest.result import RuleEvidence
from scoring.criteria.content import content_of as content
from scoring.criteria.publication import NotYourRole
from scoring.engine.definition import Definition, load
from scoring.models import Analysis, Criteria, Gate, SourceBar
from tests.scoring.building import DAY, make_bar, make_criteria
from tests.scoring.closing import History, answer, fit, history_of, stored
from tests.scoring.shipped import in_force, make_draft, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(marketer: User, manager: User, now: datetime) -> History:
    return history_of(marketer, manager, now)


def judged(definition: Definition, *counts: tuple[int, int], leads: int = 1000, won: int = 100) -> list[Verdict]:
    """Verdicts where the rules, in their order, were matched by so many leads, so many of them won."""
    found: list[RuleEvidence] = [
        {"id": rule.pk, "leads": matching, "won": bought, "suggested": None}
        for rule, (matching, bought) in zip(definition.rules, counts, strict=True)
    ]
    return verdicts(definition.rules, found, leads=leads, won=won)


class TestVerdict:
    def test_twice_as_often_is_told_with_its_interval(self, now: datetime) -> None:
        [verdict] = judged(load(make_criteria(now, fit("vp", 5))), (200, 40))
        assert (verdict.with_it.share, verdict.without_it.share) == (0.2, 0.075)
        assert verdict.ratio.ratio == pytest.approx(2.667, abs=1e-3)
        assert verdict.is_better
        assert verdict.sentence == "Who matches becomes a customer 2.67 times as often (1.84 to 3.86)."

    def test_less_often(self, now: datetime) -> None:
        [verdict] = judged(load(make_criteria(now, fit("vp", 5))), (200, 4))
        assert verdict.is_worse
        assert verdict.sentence.startswith("Who matches becomes a customer less often: 0.17 times")

    def test_what_may_be_chance_is_called_so(self, now: datetime) -> None:
        [verdict] = judged(load(make_criteria(now, fit("vp", 5))), (200, 22))
        assert not verdict.is_better
        assert not verdict.is_worse
        assert verdict.sentence.startswith("It could be chance: 1.13 times")

    def test_too_few_says_how_many_are_missing(self, now: datetime) -> None:
        few, most = judged(load(make_criteria(now, fit("vp", 5), fit("clerk", 5))), (40, 4), (990, 100))
        assert (few.is_better, few.missing) == (False, 10)
        assert few.sentence == "Too few leads match it to say anything: 10 more are needed, 50 in all."
        assert most.sentence == "Nearly all leads match it: 40 more that do not are needed, 50 in all."

    def test_five_seen_are_enough_where_fewer_were_to_be_expected(self, now: datetime) -> None:
        [verdict] = judged(load(make_criteria(now, fit("vp", 5))), (40, 20))
        assert verdict.is_better  # 4 of 40 were to be expected

    @pytest.mark.parametrize(
        ("there", "bought", "needed"),
        [
            (30, 5, 30),
            (30, 4, 50),  # of 50 leads 5 were to be expected
            (30, 25, 30),
            (30, 26, 30),  # 5 others are to be expected of 6
        ],
    )
    def test_what_a_side_needs(self, there: int, bought: int, needed: int) -> None:
        assert side_needed(there, bought, leads=1000, won=100) == needed
        assert side_needed(there, there - bought, leads=1000, won=900) == needed

    def test_without_both_outcomes_nothing_is_enough(self) -> None:
        assert not is_enough(500, 0, leads=1000, won=0)
        assert not is_enough(500, 500, leads=1000, won=1000)
        assert is_enough(50, 0, leads=1000, won=100)
        assert not is_enough(49, 0, leads=1000, won=100)
        assert not is_enough(951, 100, leads=1000, won=100)

    @pytest.mark.parametrize(
        ("counts", "gate", "expected"),
        [
            ((400, 95), Gate.NONE, True),
            ((400, 95), Gate.REQUIRED, False),
            ((400, 95), Gate.FAST_TRACK, False),
            ((400, 89), Gate.NONE, False),  # more than one customer in ten did without
            ((930, 96), Gate.NONE, False),  # not twice as often
        ],
    )
    def test_what_nearly_all_customers_did_should_be_required(
        self, counts: tuple[int, int], gate: Gate, expected: bool, now: datetime
    ) -> None:
        [verdict] = judged(load(make_criteria(now, fit("vp", 5, gate=gate))), counts)
        assert verdict.should_be_required is expected


class TestContradictions:
    def test_points_for_what_sells_less(self, now: datetime) -> None:
        [sentence] = contradicted(judged(load(make_criteria(now, fit("vp", 5))), (200, 4)))
        assert sentence == (
            "“vp” gives 5 points, and leads that match it become customers less often: 2.0% of 200 against 12.0% of "
            "800 without it."
        )

    def test_points_off_for_what_sells_more(self, now: datetime) -> None:
        [sentence] = contradicted(judged(load(make_criteria(now, fit("vp", -5))), (200, 40)))
        assert "takes points away (-5 points)" in sentence

    def test_what_blocks_is_not_judged(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 0, gate="blocks"), fit("clerk", -5, gate="blocks")))
        assert contradicted(judged(definition, (200, 40), (200, 40))) == []

    def test_a_required_rule_that_keeps_customers_away(self, now: datetime) -> None:
        [sentence] = contradicted(judged(load(make_criteria(now, fit("vp", 0, gate="required"))), (200, 4)))
        assert "lets leads go to sales" in sentence

    def test_ten_times_the_points_for_what_means_less(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 50), fit("clerk", 5)))
        [sentence] = contradicted(judged(definition, (200, 20), (200, 60)))
        assert sentence.startswith(
            "“vp” gives 50 points and “clerk” 5 points; history says the opposite: 10.0% of those"
        )
        level = load(make_criteria(now, fit("vp", 14), fit("clerk", 5)))
        assert contradicted(judged(level, (200, 20), (200, 60))) == []

    def test_what_history_bears_out(self, now: datetime) -> None:
        assert contradicted(judged(load(make_criteria(now, fit("vp", 5), fit("clerk", -5))), (200, 40), (200, 4))) == []


Patterns = dict[tuple[int, ...], tuple[int, int]]


def suggested(definition: Definition, patterns: Patterns) -> Suggestion:
    found = suggest(definition, patterns, trusted=[rule.pk for rule in definition.rules])
    assert found is not None
    return found


class TestPoints:
    def test_what_sells_gets_more_and_what_does_not_less(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 10), fit("clerk", 10), threshold=10))
        found = suggested(definition, {(1, 0): (100, 40), (0, 1): (100, 5), (0, 0): (200, 30)})
        strong, weak = (found.points[rule.pk] for rule in definition.rules)
        assert strong == 10  # the strongest single match reaches the threshold, and no more
        assert weak < 0

    def test_about_as_many_reach_the_threshold(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 10), fit("clerk", 10), fit("dean", 10), threshold=20))
        patterns: Patterns = {
            (a, b, c): (50, 2 + 8 * a + 5 * b + 2 * c) for a in (0, 1) for b in (0, 1) for c in (0, 1)
        }  # fmt: skip
        found = suggested(definition, patterns)
        assert found.reach_now == 200
        assert found.reach_then in (150, 200, 250)
        points = [found.points[rule.pk] for rule in definition.rules]
        assert points == sorted(points, reverse=True)
        assert all(0 < each <= 20 for each in points)

    def test_a_rule_gets_no_credit_for_what_another_explains(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 10), fit("clerk", 10), threshold=20))
        # who has the second mostly has the first; within each first, the second changes nothing
        found = suggested(definition, {(1, 1): (400, 160), (1, 0): (100, 40), (0, 1): (100, 10), (0, 0): (400, 40)})
        strong, idle = (found.points[rule.pk] for rule in definition.rules)
        assert strong > 5
        assert abs(idle) <= 1

    def test_points_are_for_one_match(self, now: datetime) -> None:
        definition = load(make_criteria(now, {"type": "page_view", "points": 5, "max_times": 4}, threshold=10))
        odds = [0.05, 0.1, 0.2, 0.4]  # each match doubles them
        found = suggested(definition, {(n,): (2000, round(2000 * odd / (1 + odd))) for n, odd in enumerate(odds)})
        assert found.points[definition.rules[0].pk] == 5  # two matches reach the threshold, as they did
        assert (found.reach_now, found.reach_then) == (4000, 4000)

    def test_of_a_rule_that_fades_too(self, now: datetime) -> None:
        fading = {"type": "page_view", "points": 5, "max_times": 4, "half_life_days": 30}
        definition = load(make_criteria(now, fading, threshold=10))
        odds = [0.05, 0.1, 0.2, 0.4]
        patterns: Patterns = {(n * 1_000_000,): (2000, round(2000 * odd / (1 + odd))) for n, odd in enumerate(odds)}
        found = suggested(definition, patterns)
        assert found.points[definition.rules[0].pk] == 5
        assert (found.reach_now, found.reach_then) == (4000, 4000)

    def test_rules_without_enough_evidence_keep_theirs(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 10), fit("clerk", 3), threshold=10))
        patterns: Patterns = {(1, 0): (100, 40), (0, 1): (3, 1), (0, 0): (200, 30)}
        found = suggest(definition, patterns, trusted=[definition.rules[0].pk])
        assert found is not None
        assert list(found.points) == [definition.rules[0].pk]

    def test_what_blocks_and_what_never_differs_is_left_out(self, now: datetime) -> None:
        definition = load(make_criteria(now, fit("vp", 10), fit("clerk", 0, gate="blocks"), fit("dean", 1)))
        found = suggested(definition, {(1, 0, 1): (100, 40), (0, 1, 1): (100, 5)})
        assert list(found.points) == [definition.rules[0].pk]

    @pytest.mark.parametrize(
        "patterns", [{(1,): (50, 50), (0,): (50, 50)}, {(1,): (50, 5)}, {(1,): (9, 3), (0,): (9, 3)}]
    )
    def test_where_nothing_tells_leads_apart_there_is_nothing_to_suggest(
        self, patterns: Patterns, now: datetime
    ) -> None:
        definition = load(make_criteria(now, fit("vp", 10)))
        assert suggest(definition, patterns, trusted=[definition.rules[0].pk]) is None

    def test_a_total_is_the_engines(self, now: datetime) -> None:
        criteria = make_criteria(
            now, fit("vp", 10), fit("clerk", 7), {"type": "page_view", "points": 4, "max_times": 9},
            fit_cap=15, engagement_cap=20,
        )  # fmt: skip
        definition = load(criteria)
        held = {rule.pk: rule.points for rule in definition.rules}
        assert total(definition, held, (1, 1, 2)) == 15 + 8
        assert total(definition, held, (0, 1, 9)) == 7 + 20

    @pytest.mark.parametrize(("parts", "points"), [(2_000_000, 8), (1_624_999, 6), (1_625_000, 7), (0, 0)])
    def test_a_total_of_what_fades(self, now: datetime, parts: int, points: int) -> None:
        definition = load(make_criteria(now, {"points": 4, "max_times": 2, "half_life_days": 30}))
        for sign in (1, -1):
            assert total(definition, {definition.rules[0].pk: sign * 4}, (parts,)) == sign * points


class TestEvidence:
    def test_it_counts_rules_and_sources(self, history: History) -> None:
        result = history.result
        assert (result["leads"], result["won"], result["not_won"]) == (160, 44, 116)
        assert [(rule["leads"], rule["won"]) for rule in result["advice"]["rules"]] == [(80, 40), (80, 4)]
        [source] = result["advice"]["sources"]
        assert (source["leads"], source["won"], source["rest"], source["rest_won"]) == (60, 0, 100, 44)
        assert source["extra"] == 30  # at most the threshold

    def test_what_fades_matches_from_half_a_match_on(self, now: datetime) -> None:
        evidence = Evidence(load(make_criteria(now, {"points": 5, "half_life_days": 30})))
        evidence.patterns = {(1_000_000,): (1, 1), (500_000,): (2, 1), (400_000,): (4, 1)}
        assert evidence.as_json()["rules"][0]["leads"] == 3

    def test_a_source_that_has_a_bar_is_left_alone(self, history: History, now: datetime) -> None:
        channel = Channel.objects.get(key="paid_social")
        draft = make_criteria(now, fit("vp", 10))
        make_bar(draft, 5, now + DAY, channel=channel)
        evidence = Evidence(load(draft))
        evidence.patterns = {(1,): (100, 44), (0,): (60, 0)}
        evidence.sources = {("channel", channel.pk): (60, 0)}
        assert evidence.as_json()["sources"] == []

    def test_a_channel_counts_as_the_one_it_is_told_to(
        self, marketer: User, manager: User, now: datetime, history: History
    ) -> None:
        email = Channel.objects.get(key="email")
        Channel.objects.filter(key="paid_social").update(counts_as=email)
        assert answer(history.held, now=now)["advice"]["sources"] == []

    def test_few_outcomes_suggest_no_points(self, now: datetime) -> None:
        evidence = Evidence(load(make_criteria(now, fit("vp", 10))))
        evidence.patterns = {(1,): (100, 15), (0,): (100, 4)}
        found = evidence.as_json()
        assert (found["needed"], found["rules"][0]["suggested"], found["reach_now"]) == (20, None, None)
        evidence.patterns = {(1,): (100, 16), (0,): (100, 4)}
        assert evidence.as_json()["rules"][0]["suggested"] is not None


class TestAdvice:
    def test_every_change_is_told_with_its_reason(self, history: History) -> None:
        changes = {change.key: change for change in history.advice.changes}
        vp, clerk = history.rules
        social = Channel.objects.get(key="paid_social")
        assert set(changes) == {f"points-{vp.pk}", f"points-{clerk.pk}", f"required-{vp.pk}", f"channel-{social.pk}"}
        assert changes[f"points-{vp.pk}"].sentence.startswith("“vp” gives ")
        assert changes[f"required-{vp.pk}"].reason == (
            "Of 44 customers 40 matched it, and 50.0% of the leads that match become customers "
            "against 5.0% of the others."
        )
        assert changes[f"channel-{social.pk}"].reason == (
            "0 of its 60 leads became customers (0.0%), of all others 44.0%."
        )
        assert not changes[f"required-{vp.pk}"].is_clear

    def test_thin_data_gives_none_and_says_what_is_missing(self, history: History) -> None:
        rules = [{**rule, "leads": 40, "won": 6} for rule in history.result["advice"]["rules"]]
        history.analysis.result = history.result | {
            "leads": 99,
            "won": 12,
            "advice": history.result["advice"] | {"rules": rules},
        }
        found = advice(history.held, history.analysis)
        assert (found.changes, found.contradictions) == ([], [])
        assert found.lacks == [
            "1 more closed leads are needed: there are 99 of 100.",
            "8 more customers are needed: there are 12 of 20.",
        ]

    def test_the_newest_answer_counts(self, history: History, marketer: User, now: datetime) -> None:
        newer = stored(history.held, marketer, now + DAY)
        assert last_evidence(history.held) == newer
        newer.problem = "It could not be answered."
        newer.save()
        assert last_evidence(history.held) == history.analysis


class TestDraft:
    def test_what_is_chosen_is_changed_and_nothing_else(self, history: History, marketer: User, now: datetime) -> None:
        before = content(history.held)
        vp, clerk = history.rules
        social = Channel.objects.get(key="paid_social")
        keys = [f"points-{clerk.pk}", f"required-{vp.pk}", f"channel-{social.pk}"]
        draft = draft_of(history.advice, keys, actor=marketer, now=now)
        assert (draft.state, draft.based_on) == (Criteria.State.DRAFT, history.held)
        new_vp, new_clerk = draft.rules.all()
        assert (new_vp.points, new_vp.gate) == (10, Gate.REQUIRED)
        assert (new_clerk.points, new_clerk.gate) == (history.advice.verdicts[1].suggested, Gate.NONE)
        bar = SourceBar.objects.get(criteria=draft)
        assert (bar.channel, bar.campaign, bar.extra_points, bar.expires_at) == (social, None, 30, now + 182 * DAY)
        assert content(history.held) == before
        assert in_force() == history.held

    def test_nothing_chosen_makes_no_draft(self, history: History, marketer: User, now: datetime) -> None:
        count = Criteria.objects.count()
        with pytest.raises(NothingChosen):
            draft_of(history.advice, ["points-0", "x"], actor=marketer, now=now)
        assert Criteria.objects.count() == count

    def test_only_marketing_makes_drafts(self, history: History, manager: User, now: datetime) -> None:
        with pytest.raises(NotYourRole):
            draft_of(history.advice, [history.advice.changes[0].key], actor=manager, now=now)

    def test_advice_on_what_was_replaced_makes_no_draft(
        self, history: History, marketer: User, manager: User, now: datetime
    ) -> None:
        found = history.advice
        make_published(marketer, manager, now)
        count = Criteria.objects.count()
        with pytest.raises(NoLongerInForce):
            draft_of(found, [found.changes[0].key], actor=marketer, now=now)
        assert Criteria.objects.count() == count


class TestHistoryForAnyVersion:
    def test_a_rule_is_judged_by_the_one_in_force_that_matches_the_same(
        self, history: History, marketer: User, now: datetime
    ) -> None:
        draft = make_draft(marketer, now)
        assert len(contradictions(load(draft), published=in_force())) == 1
        draft.rules.filter(name="clerk").update(points=-3)
        assert contradictions(load(draft), published=in_force()) == []
        draft.rules.filter(name="clerk").update(points=3, values=["dean"])
        assert contradictions(load(draft), published=in_force()) == []

    def test_it_costs_few_statements(self, history: History, marketer: User, now: datetime) -> None:
        definition = load(make_draft(marketer, now))
        with CaptureQueriesContext(connection) as queries:
            contradictions(definition, published=history.held)
        assert len(queries) == 3

    def test_without_an_answer_it_says_nothing(self, history: History, marketer: User, now: datetime) -> None:
        definition = load(make_draft(marketer, now))
        Analysis.objects.all().delete()
        assert contradictions(definition, published=history.held) == []
