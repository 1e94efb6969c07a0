"""What is owed, who takes it, and that nothing is lost on the way."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Lead, Page
from scoring.criteria.publication import publish
from scoring.engine import batches
from scoring.engine.batches import drain, request_due
from scoring.engine.requests import request_scores
from scoring.engine.rescore import score_chunk
from scoring.models import Criteria, Score, ScoreRequest, Why
from scoring.signals import leads_scored
from scoring.tasks import drain_score_requests, request_due_scores
from tests.scoring.building import DAY, did, score_leads
from tests.scoring.shipped import make_signed
from tests.threads import at_once

MakeLead = Callable[..., Lead]


@pytest.fixture
def three(make_lead: MakeLead) -> list[Lead]:
    """Three leads that wait to be scored (intake asked for it)."""
    return [make_lead() for _ in range(3)]


class TestDrain:
    def test_it_scores_the_oldest_first(self, make_lead: MakeLead, now: datetime) -> None:
        late, early = make_lead(), make_lead(now=now - 2 * DAY)
        assert drain(now=now, limit=1) == 1
        assert list(Score.objects.values_list("lead_id", flat=True)) == [early.pk]
        assert list(ScoreRequest.objects.values_list("lead_id", flat=True)) == [late.pk]

    def test_twice_is_once(self, three: list[Lead], now: datetime) -> None:
        assert drain(now=now) == 3
        assert drain(now=now) == 0
        assert Score.objects.count() == 3

    def test_it_says_so_in_the_same_transaction(self, three: list[Lead], now: datetime) -> None:
        heard: list[tuple[list[int], list[int], datetime, bool]] = []
        did(three[1], "programme_joined", now)
        did(three[1], "page_view", now, page=Page.objects.create(key="/prices", category="pricing"))

        def hear(*, lead_ids: list[int], qualifying: list[int], now: datetime, **_: Any) -> None:
            heard.append((lead_ids, qualifying, now, connection.in_atomic_block))

        leads_scored.connect(hear)
        try:
            drain(now=now)
        finally:
            leads_scored.disconnect(hear)
        assert heard == [(sorted(lead.pk for lead in three), [three[1].pk], now, True)]

    def test_without_published_criteria_the_work_stays(self, three: list[Lead], now: datetime) -> None:
        Criteria.objects.filter(state="published").update(state="retired", retired_at=timezone.now())
        assert drain(now=now) == 0
        assert score_leads([three[0].pk], now=now) == 0
        assert ScoreRequest.objects.count() == 3

    def test_it_takes_the_same_number_of_statements_for_one_and_for_many(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        make_lead()
        drain(now=now)  # compiles once
        counts = []
        for leads in (3, 30):
            for _ in range(leads):
                make_lead()
            with CaptureQueriesContext(connection) as queries:
                assert drain(now=now) == leads
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_the_task_goes_on_until_nothing_waits(self, three: list[Lead]) -> None:
        drain_score_requests()
        drain_score_requests()
        assert ScoreRequest.objects.count() == 0
        assert Score.objects.count() == 3


class TestDueScores:
    def test_only_what_time_has_changed_is_asked_for(self, three: list[Lead], now: datetime) -> None:
        drain(now=now)
        due, later, never = three
        Score.objects.filter(lead=due).update(next_change_at=now)
        Score.objects.filter(lead=later).update(next_change_at=now + timedelta(seconds=1))
        assert request_due(now=now) == 1
        assert request_due(now=now) == 0
        assert list(ScoreRequest.objects.values_list("lead_id", flat=True)) == [due.pk]
        drain(now=now)
        assert request_due(now=now) == 0
        assert never.pk not in ScoreRequest.objects.values_list("lead_id", flat=True)

    def test_the_task_may_run_twice(self, three: list[Lead], now: datetime) -> None:
        drain(now=now)
        Score.objects.update(next_change_at=now)
        request_due_scores()
        request_due_scores()
        assert ScoreRequest.objects.count() == 3


class TestRequests:
    def test_a_lead_already_marked_keeps_its_place_and_its_best_reason(self, three: list[Lead], now: datetime) -> None:
        request_scores({three[0].pk: Why.ACTIVITY}, now=now + DAY)
        request_scores({three[0].pk: Why.PROFILE}, now=now + DAY)
        request = ScoreRequest.objects.get(lead=three[0])
        assert request.why == Why.ACTIVITY
        assert request.requested_at < now + DAY


@pytest.mark.slow
class TestAtOnce:
    def test_two_drains_share_the_work(self, transactional: None, make_lead: MakeLead, now: datetime) -> None:
        for _ in range(40):
            make_lead()

        def drain_all() -> int:
            taken = 0
            while ScoreRequest.objects.exists():
                taken += drain(now=now, limit=10)
            return taken

        assert sum(each if isinstance(each, int) else -1 for each in at_once(drain_all, drain_all)) == 40
        assert ScoreRequest.objects.count() == 0
        assert Score.objects.count() == 40

    def test_a_drain_passes_over_what_another_holds(
        self, transactional: None, make_lead: MakeLead, now: datetime
    ) -> None:
        held, free = make_lead(now=now - 2 * DAY), make_lead()
        with transaction.atomic():
            Lead.objects.select_for_update(no_key=True).get(pk=held.pk)
            assert at_once(lambda: drain(now=now)) == [1]
        assert list(Score.objects.values_list("lead_id", flat=True)) == [free.pk]
        assert drain(now=now) == 1

    def test_a_request_made_meanwhile_is_not_lost(
        self, transactional: None, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        assert something_happens_while(lambda: drain(now=now), lead, now) == 1
        assert Score.objects.get(lead=lead).total == 0
        assert drain(now=now) == 1
        assert Score.objects.get(lead=lead).total == 20

    def test_a_colleague_who_waits_is_not_scored_from_the_old_company(
        self, transactional: None, make_lead: MakeLead, now: datetime
    ) -> None:
        """The company changes through one lead; the other waits already, and nobody holds its lock."""
        known, colleague = make_lead(company="Acme", employees=5), make_lead(company="Acme")
        with transaction.atomic():
            changed = LeadInput(email=known.email, company="Acme", employees=120)
            take_leads([changed], agent=Agent(name="test"), now=now)
            assert at_once(lambda: drain(now=now)) == [0]
        assert drain(now=now) == 2
        assert Score.objects.get(lead=colleague).total == 10

    def test_without_the_lock_it_would_be_lost(self, transactional: None, make_lead: MakeLead, now: datetime) -> None:
        """The control: the same race, scored without holding the lead and with the request taken afterwards."""
        lead = make_lead()

        def careless() -> None:
            with transaction.atomic():
                batches.score_held({lead.pk: Why.PROFILE}, now=now)
                ScoreRequest.objects.filter(lead=lead).delete()

        something_happens_while(careless, lead, now)
        assert drain(now=now) == 0
        assert Score.objects.get(lead=lead).total == 0

    def test_due_scores_may_be_asked_for_at_once(self, transactional: None, make_lead: MakeLead, now: datetime) -> None:
        for _ in range(5):
            make_lead()
        drain(now=now)
        Score.objects.update(next_change_at=now)
        asked = at_once(*(lambda: request_due(now=now) for _ in range(2)))
        assert sum(count for count in asked if isinstance(count, int)) == 5
        assert ScoreRequest.objects.count() == 5

    def test_a_publication_and_a_drain_do_not_stop_each_other(
        self, transactional: None, make_lead: MakeLead, marketer: User, manager: User, now: datetime
    ) -> None:
        """The drain refers to criteria the publication holds; the publication asks for leads the drain holds."""
        lead, later = make_lead(), now + timedelta(minutes=1)
        criteria = make_signed(marketer, manager, now)
        scored = threading.Event()

        def hold(**_: Any) -> None:
            scored.set()
            sleep(0.5)  # so that the publication gets as far as it can

        def publication() -> None:
            scored.wait(timeout=10)
            publish(criteria_id=criteria.pk, actor=marketer, now=later)

        leads_scored.connect(hold)
        try:
            assert at_once(lambda: drain(now=now), publication) == [1, None]
        finally:
            leads_scored.disconnect(hold)
        assert score_chunk(now=later) == 1
        assert Score.objects.get(lead=lead).criteria_id == criteria.pk


def something_happens_while(scoring: Callable[[], Any], lead: Lead, now: datetime) -> Any:
    """Between the scoring and its commit the lead joins a programme; who records it holds the lead, as intake does."""
    asked, scored = threading.Event(), threading.Event()

    def hold(**_: Any) -> None:
        scored.set()
        asked.wait(timeout=0.5)  # behind a lock the other side cannot get there before the commit

    def meanwhile() -> None:
        scored.wait(timeout=10)
        with transaction.atomic():
            Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
            did(lead, "programme_joined", now)
            request_scores({lead.pk: Why.ACTIVITY}, now=now)
        asked.set()

    leads_scored.connect(hold)
    try:
        answer, other = at_once(scoring, meanwhile)
    finally:
        leads_scored.disconnect(hold)
    assert other is None
    return answer
