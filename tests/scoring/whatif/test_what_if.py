"""A what-if says what publishing those numbers would: compared with the engine on random criteria and leads."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Channel, Lead
from scoring.engine.definition import load
from scoring.models import Criteria, Rule, Score
from scoring.whatif.numbers import Answer, Numbers, as_numbers, ask, estimate, shadow, shadows_of, sweep_of
from scoring.whatif.sample import Sample
from scoring.whatif.sql import reached
from scoring.whatif.tally import SHOWN, Tally
from tests.scoring.building import DAY, did, make_bar, make_criteria, score
from tests.scoring.engine.test_engine_agrees import NOW, World, caps, forgotten, people, rules

EXAMPLES = int(os.environ.get("BATON_SCORING_EXAMPLES", "60"))
PRICING = {"type": "page_view", "points": 10, "name": "pricing"}
DOWNLOADS = {"type": "download", "points": 5, "max_times": 3, "name": "downloads"}


def numbers_of(criteria: Criteria, **changes: Any) -> Numbers:
    return replace(Numbers.of(load(criteria)), **changes)


def answered(criteria: Criteria, now: datetime, **changes: Any) -> Answer:
    return ask(load(criteria), numbers_of(criteria, **changes), Lead.objects.count(), now=now)


def published(criteria: Criteria, numbers: Numbers, leads: list[Lead]) -> dict[int, Score]:
    """What the engine says when the criteria have these numbers: the other way to the same answer."""
    columns = ("threshold", "fit_cap", "engagement_cap", "minimum_behaviours")
    Criteria.objects.filter(pk=criteria.pk).update(**{name: getattr(numbers, name) for name in columns})
    for key, points in numbers.points.items():
        Rule.objects.filter(pk=key).update(points=points)
    score(Criteria.objects.get(pk=criteria.pk), *leads, now=NOW)
    return Score.objects.select_related("lead__first_channel").in_bulk([lead.pk for lead in leads])


def moved(caps: dict[str, Any]) -> dict[str, Any]:
    """Those of the caps that can be moved without another version."""
    return {name: value for name, value in caps.items() if name != "fast_track_counts_past"}


def tally(before: dict[int, Score], after: dict[int, Score], keys: list[int]) -> Tally:
    """Counted by hand. Nobody of these leads is with sales; all came in just now."""
    had, have = {key for key in keys if before[key].qualifies}, {key for key in keys if after[key].qualifies}
    new, gone = len(have - had), len(had - have)
    return Tally(len(keys), len(had), len(have), new, gone, new, len(had), len(have))


def grouped(before: dict[int, Score], after: dict[int, Score], by: Any) -> dict[Any, Tally]:
    groups: dict[Any, list[int]] = {}
    for key, row in after.items():
        groups.setdefault(by(row), []).append(key)
    return {group: tally(before, after, keys) for group, keys in groups.items()}


def channel_of(row: Score) -> int | None:
    first = row.lead.first_channel
    return (first.counts_as_id or first.pk) if first else None


@pytest.mark.slow
def test_it_agrees_with_publishing_the_same_numbers(db: None) -> None:
    world = World()
    points = st.sampled_from([-10_000, -5, 0, 1, 5, 10, 20, 10_000])

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        made=rules(world),
        old=caps(),
        new=caps().map(moved),
        moves=st.lists(points, min_size=9, max_size=9),
        bar=st.booleans(),
        seed=st.integers(0, 2**32),
    )
    def agree(
        made: list[dict[str, Any]],
        old: dict[str, Any],
        new: dict[str, Any],
        moves: list[int],
        bar: bool,
        seed: int,
    ) -> None:
        with forgotten():
            criteria = make_criteria(NOW, *made, **old)
            if bar:
                make_bar(criteria, 7, NOW + DAY, channel=world.channels[0])
            leads = people(world, Random(seed))
            score(criteria, *leads, now=NOW)
            before = Score.objects.in_bulk([lead.pk for lead in leads])
            definition = load(criteria)
            points = {rule.pk: move for rule, move in zip(definition.rules, moves, strict=False)}
            numbers = Numbers(**new, points=points)
            answer = ask(definition, numbers, len(leads), now=NOW)
            assert shadow(definition, now=NOW).counts == [
                (threshold, answered(criteria, NOW, threshold=threshold).counts.everybody.after)
                for threshold in shadows_of(criteria.threshold)
            ]
            whole = Sample(lead_ids=[lead.pk for lead in leads], leads=len(leads))
            assert estimate(definition, numbers, whole, now=NOW).counts == answer.counts
            after = published(criteria, numbers, leads)

            assert answer.left_out == 0
            assert answer.counts.everybody == tally(before, after, list(after))
            assert answer.counts.channels == grouped(before, after, channel_of)
            assert answer.counts.letters == grouped(before, after, lambda row: row.grade[0])
            for near in answer.counts.over + answer.counts.under:
                row = after[near.lead_id]
                assert (near.total, near.bar, near.after) == (row.total, row.bar, row.qualifies)
            place = Random(seed).randrange(len(answer.sweep))
            threshold, count = answer.sweep[place]
            at_that = published(criteria, replace(numbers, threshold=threshold), leads)
            assert count == sum(row.qualifies for row in at_that.values())

    agree()


@pytest.fixture
def criteria(db: None, now: datetime) -> Criteria:
    return make_criteria(now, PRICING, DOWNLOADS, threshold=10)


def lead_with(criteria: Criteria, now: datetime, downloads: int = 0, *, pricing: bool = False, **columns: Any) -> Lead:
    """A lead that did so much, scored by these criteria."""
    name = f"lead {Lead.objects.count()}"
    lead = Lead.objects.create(**{"external_id": name, "created_at": now, "recorded_at": now} | columns)
    for number in range(downloads):
        did(lead, "download", now - timedelta(hours=number + 1))
    if pricing:
        did(lead, "page_view", now - timedelta(hours=1))
    score(criteria, lead, now=now)
    return lead


class TestWhoGoesToSales:
    def test_only_who_is_free_is_new_to_sales(self, criteria: Criteria, now: datetime) -> None:
        lead_with(criteria, now, downloads=1)
        lead_with(criteria, now, downloads=1, do_not_contact=True)
        lead_with(criteria, now, downloads=1, stage="sal", status="working")
        lead_with(criteria, now, downloads=1, status="recycled", rest_until=now + DAY)
        lead_with(criteria, now, downloads=1, status="recycled", rest_until=now)
        # They came back from sales: the first did something before that, the second after it.
        lead_with(criteria, now, downloads=1, status="recycled", recycled_at=now)
        lead_with(criteria, now, downloads=1, status="recycled", recycled_at=now - DAY)
        counted = answered(criteria, now, threshold=5).counts.everybody
        assert (counted.becomes, counted.arrives) == (7, 3)

    def test_what_the_criteria_need_is_known(self, db: None, now: datetime) -> None:
        criteria = make_criteria(now, DOWNLOADS, threshold=30, required_fields=["city"])
        lead_with(criteria, now, downloads=1)
        lead_with(criteria, now, downloads=1, city="Rome")
        counted = answered(criteria, now, threshold=5).counts.everybody
        assert (counted.becomes, counted.arrives) == (2, 1)

    def test_a_day_counts_who_came_in_lately(self, criteria: Criteria, now: datetime) -> None:
        lead_with(criteria, now, pricing=True, created_at=now - 29 * DAY)
        lead_with(criteria, now, downloads=1, created_at=now - 29 * DAY)
        lead_with(criteria, now, pricing=True, created_at=now - 30 * DAY)
        lead_with(criteria, now, pricing=True, created_at=now + DAY)
        counted = answered(criteria, now, threshold=5).counts.everybody
        assert (counted.recent_before, counted.recent_after) == (1, 2)


class TestLeftOut:
    def test_scores_that_are_not_current_are_counted_and_left_out(self, criteria: Criteria, now: datetime) -> None:
        lead_with(criteria, now, pricing=True)
        overtaken = lead_with(criteria, now, pricing=True)
        Score.objects.filter(lead=overtaken).update(next_change_at=now)
        soon = lead_with(criteria, now, pricing=True)
        Score.objects.filter(lead=soon).update(next_change_at=now + DAY)
        lead_with(make_criteria(now, PRICING), now, pricing=True)
        Lead.objects.create(external_id="not scored", created_at=now, recorded_at=now)
        answer = answered(criteria, now)
        assert (answer.counts.everybody.leads, answer.left_out) == (2, 3)


class TestEdge:
    def test_the_nearest_come_first_and_gates_are_no_matter_of_points(self, now: datetime, db: None) -> None:
        barred = {"kind": "fit", "field": "city", "operator": "is", "values": ["Rome"], "gate": "blocks"}
        criteria = make_criteria(now, PRICING, DOWNLOADS, barred, threshold=10)
        far = lead_with(criteria, now, downloads=3, pricing=True)
        near = lead_with(criteria, now, downloads=3)
        on = lead_with(criteria, now, pricing=True)
        under = lead_with(criteria, now, downloads=1)
        nothing = lead_with(criteria, now)
        lead_with(criteria, now, pricing=True, city="Rome")
        answer = answered(criteria, now)
        assert [one.lead_id for one in answer.counts.over] == [on.pk, near.pk, far.pk]
        assert [one.lead_id for one in answer.counts.under] == [under.pk, nothing.pk]

    def test_no_more_are_named_than_fit_a_page(self, criteria: Criteria, now: datetime) -> None:
        for _number in range(SHOWN + 2):
            lead_with(criteria, now, downloads=1)
        assert len(answered(criteria, now).counts.under) == SHOWN


class TestThresholds:
    def test_the_shadows_say_what_other_thresholds_would_give(self, now: datetime, db: None) -> None:
        criteria = make_criteria(now, PRICING | {"points": 25}, DOWNLOADS, threshold=30)
        lead_with(criteria, now, pricing=True)
        lead_with(criteria, now, downloads=1, pricing=True)
        lead_with(criteria, now, downloads=3, pricing=True)
        assert shadow(load(criteria), now=now).counts == [(25, 3), (30, 2), (40, 1)]

    def test_of_many_some_pages_say_it_for_all(self, now: datetime, db: None) -> None:
        criteria = make_criteria(now, threshold=30)
        leads = Lead.objects.bulk_create(Lead(external_id=f"{n}", created_at=now, recorded_at=now) for n in range(800))
        Score.objects.bulk_create(
            Score(lead=lead, criteria=criteria, total=27 + 8 * (n % 2), fit=0, engagement=0, grade="B4", matched=[],
                  bar=30, qualifies=n % 2 == 1, is_fast_track=False, is_blocked=False, scored_at=now)
            for n, lead in enumerate(leads)
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE scoring_score")
        (everybody, half, nobody), scale = reached(load(criteria), [25, 30, 40], now=now, most=200)
        assert (scale.leads, nobody) == (800, 0)
        assert 0 < scale.sampled == everybody < 800
        assert scale.of(everybody) == 800
        assert 300 < scale.of(half) < 500
        exact, whole = reached(load(criteria), [25, 30, 40], now=now)
        assert (exact, whole.is_exact) == ([800, 400, 0], True)

    def test_without_scores_there_is_nothing_to_say(self, criteria: Criteria, now: datetime) -> None:
        assert shadow(load(criteria), now=now).counts == []

    @pytest.mark.parametrize(
        ("threshold", "shadows"),
        [(30, [25, 30, 40]), (35, [25, 30, 35, 40]), (300, [250, 300, 400]), (6, [5, 6, 8]), (1, [1])],
    )
    def test_far_from_thirty_the_steps_are_in_proportion(self, threshold: int, shadows: list[int]) -> None:
        assert shadows_of(threshold) == shadows

    @pytest.mark.parametrize("thresholds", [(1, 1), (30, 30), (30, 25), (1, 1_000_000), (1_000_000, 999_999), (7, 90)])
    def test_a_sweep_ascends_has_them_and_is_short(self, thresholds: tuple[int, int]) -> None:
        swept = sweep_of(*thresholds)
        assert set(thresholds) <= set(swept)
        assert swept == sorted(set(swept))
        assert 2 <= len(swept) <= 18
        assert 1 <= swept[0] <= swept[-1] <= 1_000_000


class TestAnotherVersion:
    def test_other_numbers_on_the_same_looks_are_taken_over(self, criteria: Criteria, now: datetime) -> None:
        pricing, downloads = load(criteria).rules
        other = make_criteria(
            now, DOWNLOADS | {"points": 7, "name": "another name"}, PRICING | {"points": 1}, threshold=3, fit_cap=2
        )
        assert as_numbers(load(other), load(criteria), now=now) == Numbers(
            threshold=3, fit_cap=2, engagement_cap=None, minimum_behaviours=0, points={pricing.pk: 1, downloads.pk: 7}
        )

    @pytest.mark.parametrize(
        "change",
        [{"max_times": 2}, {"within_days": 9}, {"gate": "required"}, {"type": "page_view"}, {"is_enabled": False}],
    )
    def test_another_look_is_not_a_matter_of_numbers(
        self, criteria: Criteria, now: datetime, change: dict[str, Any]
    ) -> None:
        other = make_criteria(now, PRICING, DOWNLOADS | change)
        assert as_numbers(load(other), load(criteria), now=now) is None

    def test_so_do_other_values_of_a_field(self, now: datetime, db: None) -> None:
        rome = {"kind": "fit", "field": "city", "operator": "is", "values": ["Rome"]}
        one, other = make_criteria(now, rome), make_criteria(now, rome | {"values": ["Porto"]})
        assert as_numbers(load(other), load(one), now=now) is None

    def test_what_a_combination_needs_counts(self, now: datetime, db: None) -> None:
        both = {"kind": "combination", "requires": ["pricing", "downloads"]}
        one = make_criteria(now, PRICING, DOWNLOADS, both | {"points": 3})
        same = make_criteria(now, PRICING, DOWNLOADS, both)
        other = make_criteria(now, PRICING, DOWNLOADS, both | {"requires": ["pricing"]})
        assert as_numbers(load(same), load(one), now=now) is not None
        assert as_numbers(load(other), load(one), now=now) is None

    def test_whether_a_fast_track_counts_the_past_is_no_number(self, now: datetime, db: None) -> None:
        fast = PRICING | {"gate": "fast_track"}
        one, same = make_criteria(now, fast), make_criteria(now, fast | {"points": 1})
        other = make_criteria(now, fast, fast_track_counts_past=True)
        assert as_numbers(load(same), load(one), now=now) is not None
        assert as_numbers(load(other), load(one), now=now) is None

    def test_bars_count_while_they_stand(self, criteria: Criteria, now: datetime) -> None:
        channel = Channel.objects.earliest("pk")
        make_bar(criteria, 5, now, channel=channel)
        other = make_criteria(now, PRICING, DOWNLOADS)
        assert as_numbers(load(other), load(criteria), now=now) is not None
        make_bar(other, 5, now + DAY, channel=channel)
        assert as_numbers(load(other), load(criteria), now=now) is None
