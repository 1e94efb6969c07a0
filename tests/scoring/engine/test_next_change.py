"""next_change_at is the moment itself: the reference sees no change before it, and one at it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from leads.models import Activity, Asset, Channel, Lead
from scoring.models import Score
from scoring.registry.measures import MEASURES
from tests.scoring.building import DAY, did, make_criteria, score, scored
from tests.scoring.reference import Reference

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
Deeds = dict[Lead, list[Activity]]
MOMENT = timedelta(microseconds=1)
# What fades is told to the second, less a millisecond.
EARLY = timedelta(seconds=1.002)


@pytest.fixture
def people(make_lead: MakeLead, now: datetime) -> Deeds:
    """Fifteen leads that did up to ten things each in the last forty days, some of them at the same moment."""
    dice = Random(11)
    assets = [None, *(Asset.objects.create(key=f"asset {n}", name="x", kind="ebook") for n in range(4))]
    channels = [None, *Channel.objects.order_by("pk")[:3]]
    channels.append(Channel.objects.create(key="spelt", name="x", counts_as=channels[1]))
    leads = [make_lead() for _ in range(15)]
    for lead in leads:
        moments = [now - timedelta(minutes=dice.randint(0, 40 * 24 * 60)) for _ in range(5)]
        for _ in range(dice.randint(0, 10)):
            did(
                lead, dice.choice(("page_view", "download")), dice.choice(moments),
                asset=dice.choice(assets), channel=dice.choice(channels),
                visit=dice.choice((None, UUID(int=1), UUID(int=2), UUID(int=3))),
                seconds=dice.choice((None, 0, 20, 60, 300)),
            )  # fmt: skip
    return {lead: list(lead.activities.select_related("asset", "page")) for lead in leads}


def check(people: Deeds, rule: dict[str, Any], now: datetime) -> int:
    """Compares with the reference just before the moment and at it; answers how many leads change.

    Nothing new happens, so what matches only ever becomes less: equal just before is equal all the time until then.
    """
    criteria = make_criteria(now, {"points": 7} | rule)
    score(criteria, *people, now=now)
    reference, rows = Reference.of(criteria), Score.objects.in_bulk([lead.pk for lead in people])
    slack = EARLY if rule.get("half_life_days") else timedelta()
    changing = 0
    for lead, deeds in people.items():
        first = rows[lead.pk].next_change_at
        matched = matches_at(reference, lead, deeds, now)
        assert matches_at(reference, lead, deeds, (first or now + 20_000 * DAY) - MOMENT) == matched, (lead.pk, first)
        if first is not None:
            assert first > now
            assert matches_at(reference, lead, deeds, first + slack) < matched, (lead.pk, first)
            changing += 1
    return changing


def matches_at(reference: Reference, lead: Lead, deeds: list[Activity], moment: datetime) -> Any:
    """How often the rule matches; of one that fades what that is worth, and whether it is a match."""
    [seen] = reference.seen(reference.score(lead, deeds, moment).matched)
    return seen


@pytest.mark.parametrize("measure", MEASURES)
class TestAWindow:
    def test_the_match_that_leaves_is_the_last_one_needed(self, people: Deeds, now: datetime, measure: str) -> None:
        for at_least, max_times in ((1, 1), (1, 2), (2, 1), (2, 2), (3, 1000)):
            step = 60 * at_least if measure == "seconds" else at_least
            rule = {"measure": measure, "within_days": 30, "at_least": step, "max_times": max_times}
            assert check(people, rule, now) > 2

    def test_only_after_another_activity(self, people: Deeds, now: datetime, measure: str) -> None:
        rule = {"measure": measure, "within_days": 30, "max_times": 2, "type": "page_view", "after": "download"}
        assert check(people, rule, now) > 2


@pytest.mark.parametrize(("measure", "at_least"), [("activities", 1), ("seconds", 20)])
class TestFading:
    def test_it_falls_when_too_little_is_left(self, people: Deeds, now: datetime, measure: str, at_least: int) -> None:
        changing = [
            check(people, {"measure": measure, "at_least": at_least, "half_life_days": life, "max_times": most}, now)
            for life in (1, 10, 300)
            for most in (1, 3, 1000)
        ]
        assert max(changing) > 5

    def test_it_falls_or_leaves_whichever_is_first(
        self, people: Deeds, now: datetime, measure: str, at_least: int
    ) -> None:
        rule = {"measure": measure, "at_least": at_least, "within_days": 30}
        changing = [
            check(people, rule | {"half_life_days": life, "max_times": most}, now)
            for life in (1, 10, 300)
            for most in (1, 3, 1000)
        ]
        assert max(changing) > 5


class TestByHand:
    def test_of_five_visits_where_three_make_a_match_the_third_newest_counts(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        for age in range(5):
            did(lead, "page_view", now - age * DAY, visit=UUID(int=age))
        criteria = make_criteria(now, {"measure": "visits", "within_days": 14, "at_least": 3, "points": 10})
        assert scored(criteria, lead, now).next_change_at == now + 12 * DAY

    def test_seconds_of_a_whole_year_do_not_overflow(self, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        for age in range(30):
            did(lead, "page_view", now - age * DAY, seconds=86_400)
        rule = {"measure": "seconds", "within_days": 3650, "at_least": 1_000_000, "max_times": 1000, "points": 1}
        row = scored(make_criteria(now, rule), lead, now)
        assert (row.matched, row.next_change_at) == ([2], now + (3650 - 23) * DAY)
