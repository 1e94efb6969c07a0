"""Scores as they stood: each lead at a moment of its own, compared with the reference at that moment."""

from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Lead
from scoring.backtest import asof
from scoring.engine.definition import load
from scoring.models import Criteria
from tests.scoring.building import DAY, did, make_bar, make_criteria
from tests.scoring.engine.test_engine_agrees import EDGES, EXAMPLES, NOW, World, caps, forgotten, people, rules
from tests.scoring.reference import Reference

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


def then(criteria: Criteria, lead: Lead, at: datetime, *, now: datetime) -> asof.Then:
    definition = asof.definition_then(load(criteria), now=now)
    return asof.scores(asof.lateral(definition), [(lead.pk, at)])[lead.pk]


def first(criteria: Criteria, lead: Lead, at: datetime) -> datetime | None:
    return asof.first_moments(asof.lateral(load(criteria)), [(lead.pk, at)]).get(lead.pk)


@pytest.mark.slow
def test_the_past_and_the_reference_agree() -> None:
    world = World()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made=rules(world), columns=caps(), bar=st.booleans(), seed=st.integers(0, 2**32))
    def agree(made: list[dict[str, Any]], columns: dict[str, Any], bar: bool, seed: int) -> None:
        dice = Random(seed)
        with forgotten():
            criteria = make_criteria(NOW, *made, **columns)
            if bar:
                make_bar(criteria, 7, NOW + DAY, channel=dice.choice(world.channels))
            leads = people(world, dice)
            Lead.objects.filter(pk__in=[lead.pk for lead in leads[::2]]).update(created_at=NOW - 100 * DAY)
            moments = {lead.pk: NOW - dice.choice((0, 1, 2, 7, 30, 100)) * DAY + dice.choice(EDGES) for lead in leads}
            compare(criteria, moments)

    agree()


def compare(criteria: Criteria, moments: dict[int, datetime]) -> None:
    """The scores, the first qualifying moments, and that whoever ever qualified does so at best."""
    definition = asof.definition_then(load(criteria), now=NOW)
    always = copy(criteria)
    always.fast_track_counts_past = True  # as if they had always been in force
    reference, scored, asked = Reference.of(always), asof.lateral(definition), list(moments.items())
    found, firsts = asof.scores(scored, asked), asof.first_moments(scored, asked)
    best = asof.scores(asof.lateral(asof.at_its_best(definition)), asked)
    related = ("company", "first_channel__counts_as", "first_page")
    for lead in Lead.objects.filter(pk__in=moments).select_related(*related):
        deeds, at = list(lead.activities.select_related("asset", "page")), moments[lead.pk]
        expected = reference.score(lead, deeds, at)
        assert found[lead.pk] == (expected.total, expected.matched, expected.qualifies)
        came = [max(deed.occurred_at, lead.created_at) for deed in deeds if deed.machine in (0, 10)]
        looked = sorted(moment for moment in (lead.created_at, *came, at) if moment <= at)
        qualifying = [moment for moment in looked if reference.score(lead, deeds, moment).qualifies]
        assert firsts.get(lead.pk) == min(qualifying, default=None)
        if qualifying:
            assert best[lead.pk].qualifies
        if asof.never_falls(definition):
            assert bool(qualifying) == found[lead.pk].qualifies


class TestThen:
    def test_nothing_later_is_known(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead, criteria = make_lead(), make_criteria(now, {"type": "page_view", "points": 30})
        did(lead, "page_view", now - DAY)
        assert not then(criteria, lead, now - DAY - MICROSECOND, now=now).qualifies
        assert then(criteria, lead, now - DAY, now=now) == (30, [1], True)

    def test_a_window_counts_back_from_the_moment(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead()
        criteria = make_criteria(now, {"type": "page_view", "points": 30, "within_days": 7})
        did(lead, "page_view", now - 90 * DAY)
        assert then(criteria, lead, now - 84 * DAY, now=now).qualifies
        assert not then(criteria, lead, now - 83 * DAY, now=now).qualifies

    def test_a_day_is_24_hours_when_clocks_change(self, make_lead: Callable[..., Lead]) -> None:
        lead, at = make_lead(), datetime.fromisoformat("2026-03-30T12:00:00+00:00")
        criteria = make_criteria(at, {"type": "page_view", "points": 30, "within_days": 1})
        did(lead, "page_view", at - DAY)
        did(make_lead(), "page_view", at)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Europe/Lisbon'")
        assert not then(criteria, lead, at, now=at).qualifies
        assert then(criteria, lead, at - MICROSECOND, now=at).qualifies

    def test_bars_of_today_stand_and_expired_ones_do_not(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead(channel="email")
        channel = Lead.objects.get(pk=lead.pk).first_channel
        standing, expired = (make_criteria(now, {"type": "page_view", "points": 30}) for _each in range(2))
        make_bar(standing, 5, now + DAY, channel=channel)
        make_bar(expired, 5, now - DAY, channel=channel)
        did(lead, "page_view", now - 90 * DAY)
        assert not then(standing, lead, now - 80 * DAY, now=now).qualifies
        assert then(expired, lead, now - 80 * DAY, now=now).qualifies

    def test_each_lead_has_its_own_moment(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        one, other, criteria = make_lead(), make_lead(), make_criteria(now, {"type": "page_view", "points": 30})
        for lead in (one, other):
            did(lead, "page_view", now - 5 * DAY)
        scored = asof.lateral(load(criteria))
        found = asof.scores(scored, [(one.pk, now - 6 * DAY), (other.pk, now - 4 * DAY)])
        assert [found[lead.pk].total for lead in (one, other)] == [0, 30]

    def test_values_are_parameters(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        hostile = "'; DROP TABLE x; -- %s %% {}"
        fit = {"kind": "fit", "field": "job_title", "operator": "is", "values": [hostile], "points": 30}
        words = {"kind": "fit", "field": "job_title", "operator": "contains", "values": ["drop table"], "points": 1}
        lead = make_lead(job_title=hostile)
        criteria = make_criteria(now, fit, words, {"type": "page_view", "within_days": 3})
        assert hostile not in asof.lateral(load(criteria)).text
        assert then(criteria, lead, now, now=now) == (31, [1, 1, 0], True)


class TestFirstMoment:
    def test_the_activity_that_made_it(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead(now=now - 20 * DAY)
        criteria = make_criteria(now, {"type": "page_view", "points": 10, "max_times": 5})
        for days in (9, 7, 5, 3):
            did(lead, "page_view", now - days * DAY)
        assert first(criteria, lead, now) == now - 5 * DAY
        assert first(criteria, lead, now - 6 * DAY) is None

    def test_what_was_lost_again_before_the_end(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead(now=now - 200 * DAY)
        criteria = make_criteria(now, {"type": "page_view", "points": 30, "within_days": 7})
        did(lead, "page_view", now - 90 * DAY)
        assert not then(criteria, lead, now, now=now).qualifies
        assert first(criteria, lead, now) == now - 90 * DAY

    def test_who_fits_does_so_since_it_came_in(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead(job_title="VP", now=now - 20 * DAY)
        fit = {"kind": "fit", "field": "job_title", "operator": "is", "values": ["vp"], "points": 30}
        did(lead, "page_view", now - 30 * DAY)  # before anybody knew who it was
        assert first(make_criteria(now, fit), lead, now) == lead.created_at

    def test_who_does_a_lot_is_looked_at_now_and_then(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead(now=now - 500 * DAY)
        step = {"type": "page_view", "points": 30, "at_least": 200}
        for hours in range(400):
            did(lead, "page_view", now - timedelta(hours=hours))
        found = first(make_criteria(now, step), lead, now)
        assert found is not None
        assert timedelta() <= found - (now - timedelta(hours=200)) <= timedelta(hours=5)


class TestCost:
    def test_many_leads_are_one_statement(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        scored = asof.lateral(load(make_criteria(now, {"type": "page_view", "points": 30})))
        asked = [(make_lead().pk, now) for _each in range(20)]
        with CaptureQueriesContext(connection) as queries:
            assert len(asof.scores(scored, asked)) == 20
        assert sum("LATERAL" in query["sql"] for query in queries) == 1
