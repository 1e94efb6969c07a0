"""Everybody scored again: in chunks, once each, whoever dies on the way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from leads.models import Lead
from scoring.engine import rescore
from scoring.engine.rescore import progress, request_everybody, score_chunk
from scoring.models import Criteria, Rescore, RescoreChunk, Score, ScoreChange, ScoreRequest, Why
from scoring.signals import leads_scored
from scoring.tasks import score_everybody
from tests.scoring.building import did
from tests.scoring.shipped import make_published
from tests.threads import at_once

MakeLead = Callable[..., Lead]


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture
def ten(make_lead: MakeLead, monkeypatch: pytest.MonkeyPatch, now: datetime) -> list[Lead]:
    """Ten leads that joined a programme, in chunks of three."""
    monkeypatch.setattr(rescore, "CHUNK", 3)
    leads = [make_lead() for _ in range(10)]
    for lead in leads:
        did(lead, "programme_joined", now - timedelta(days=1))
    ScoreRequest.objects.all().delete()
    return leads


class TestChunks:
    def test_they_cover_everybody_once(self, ten: list[Lead], now: datetime) -> None:
        assert request_everybody(now=now, why=Why.CATALOGUE) == 10
        assert [score_chunk(now=now) for _ in range(5)] == [3, 3, 3, 1, 0]
        assert set(Score.objects.values_list("lead_id", "total")) == {(lead.pk, 20) for lead in ten}

    def test_progress_is_told_until_it_is_finished(self, ten: list[Lead], now: datetime) -> None:
        assert progress() is None
        request_everybody(now=now, why=Why.CATALOGUE)
        assert progress() == (0, 10)
        score_chunk(now=now)
        assert progress() == (3, 10)
        score_everybody()
        assert progress() is None
        assert Rescore.objects.get().finished_at is not None
        assert not RescoreChunk.objects.exists()

    def test_what_a_dead_worker_held_is_done_by_the_next(self, ten: list[Lead], now: datetime) -> None:
        request_everybody(now=now, why=Why.CATALOGUE)

        def die(**_: Any) -> None:
            raise Killed

        score_chunk(now=now)
        leads_scored.connect(die)
        try:
            with pytest.raises(Killed), transaction.atomic():
                score_chunk(now=now)
        finally:
            leads_scored.disconnect(die)
        assert Score.objects.count() == 3
        assert progress() == (3, 10)
        score_everybody()
        assert Score.objects.count() == 10
        assert ScoreChange.objects.count() == 10

    def test_twice_writes_nothing_the_second_time(self, ten: list[Lead], now: datetime) -> None:
        for moment in (now, now + timedelta(hours=1)):
            request_everybody(now=moment, why=Why.CATALOGUE)
            while score_chunk(now=moment):
                pass
        assert set(Score.objects.values_list("scored_at", flat=True)) == {now}
        assert ScoreChange.objects.count() == 10

    def test_a_later_one_takes_over(self, ten: list[Lead], now: datetime) -> None:
        request_everybody(now=now, why=Why.CATALOGUE)
        score_chunk(now=now)
        request_everybody(now=now + timedelta(minutes=1), why=Why.CATALOGUE)
        assert progress() == (0, 10)
        score_everybody()
        assert Rescore.objects.filter(finished_at=None).count() == 0
        assert not RescoreChunk.objects.exists()

    def test_a_publication_is_the_reason_it_gives(
        self, ten: list[Lead], marketer: User, manager: User, now: datetime
    ) -> None:
        rescore.request_everybody(now=now, why=Why.CATALOGUE)
        while score_chunk(now=now):
            pass
        make_published(marketer, manager, now + timedelta(hours=1), engagement_cap=7, threshold=5)
        score_chunk(now=now + timedelta(hours=1))
        last = ScoreChange.objects.filter(lead=ten[0]).first()
        assert last is not None
        assert (last.was, last.total, last.why) == (20, 7, Why.PUBLICATION)

    def test_without_criteria_there_is_nothing_to_do(self, ten: list[Lead], now: datetime) -> None:
        Score.objects.all().delete()
        Rescore.objects.all().delete()
        Criteria.objects.filter(state="published").update(state="retired", retired_at=now + timedelta(days=9999))
        assert request_everybody(now=now, why=Why.CATALOGUE) == 0
        assert score_chunk(now=now) == 0


@pytest.mark.slow
class TestAtOnce:
    def test_two_workers_share_the_chunks(self, transactional: None, ten: list[Lead], now: datetime) -> None:
        request_everybody(now=now, why=Why.CATALOGUE)
        taken = at_once(*(lambda: sum(score_chunk(now=now) for _ in range(4)) for _ in range(2)))
        assert sum(count for count in taken if isinstance(count, int)) == 10
        score_everybody()
        assert progress() is None
        assert Score.objects.count() == 10

    def test_two_may_ask_at_once(self, transactional: None, ten: list[Lead], now: datetime) -> None:
        asked = at_once(*(lambda: request_everybody(now=now, why=Why.CATALOGUE) for _ in range(4)))
        assert asked == [10] * 4
        assert Rescore.objects.filter(finished_at=None).count() == 1
        assert progress() == (0, 10)
