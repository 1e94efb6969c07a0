"""Long questions: asked once, answered once, whoever dies on the way."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from scoring.analysis.analyses import LEASE, MOST_ATTEMPTS, answer_next, ask
from scoring.models import Analysis, Criteria
from tests.scoring.shipped import in_force, make_draft

Work = Generator[tuple[int, int], None, dict[str, Any]]

pytestmark = pytest.mark.django_db


def counting(analysis: Analysis, *, now: datetime) -> Work:
    for done in (1, 2, 3):
        yield done, 3
    return {"counted": 3}


def failing(analysis: Analysis, *, now: datetime) -> Work:
    yield 1, 3
    raise ValueError


@pytest.fixture
def question(marketer: User, now: datetime) -> Analysis:
    return ask("what_if", in_force(), options={}, actor=marketer, now=now)


class TestAsking:
    def test_the_same_question_is_asked_once(self, question: Analysis, manager: User, now: datetime) -> None:
        assert ask("what_if", in_force(), options={}, actor=manager, now=now) == question
        assert ask("what_if", in_force(), options={"days": 90}, actor=manager, now=now) != question
        assert ask("backtest", in_force(), options={}, actor=manager, now=now) != question

    def test_a_fresh_answer_is_used_again_unless_it_is_asked_anew(
        self, question: Analysis, marketer: User, now: datetime
    ) -> None:
        answer_next({"what_if": counting}, clock=lambda: now)
        assert ask("what_if", in_force(), options={}, actor=marketer, now=now) == question
        assert ask("what_if", in_force(), options={}, actor=marketer, now=now, again=True) != question
        later = now + timedelta(hours=1)
        Analysis.objects.exclude(pk=question.pk).delete()
        assert ask("what_if", in_force(), options={}, actor=marketer, now=later) != question

    def test_another_content_is_another_question(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        before = ask("what_if", draft, options={}, actor=marketer, now=now)
        Criteria.objects.filter(pk=draft.pk).update(threshold=50)
        draft.refresh_from_db()
        assert ask("what_if", draft, options={}, actor=marketer, now=now) != before


class TestAnswering:
    def test_the_result_is_kept_with_how_far_it_came(self, question: Analysis, now: datetime) -> None:
        assert answer_next({"what_if": counting}, clock=lambda: now) is True
        assert answer_next({"what_if": counting}, clock=lambda: now) is False
        question.refresh_from_db()
        assert (question.result, question.done, question.of, question.finished_at) == ({"counted": 3}, 3, 3, now)

    def test_one_at_a_time(self, question: Analysis, marketer: User, now: datetime) -> None:
        ask("backtest", in_force(), options={}, actor=marketer, now=now)
        asked = []

        def nested(analysis: Analysis, *, now: datetime) -> Work:
            asked.append(answer_next({"backtest": counting}, clock=lambda: now))
            yield 1, 1
            return {}

        answer_next({"what_if": nested}, clock=lambda: now)
        assert asked == [False]

    def test_what_a_dead_worker_held_is_begun_again(self, question: Analysis, now: datetime) -> None:
        Analysis.objects.update(lease_until=now + LEASE, attempts=1)
        assert answer_next({"what_if": counting}, clock=lambda: now) is False
        later = now + LEASE + timedelta(seconds=1)
        assert answer_next({"what_if": counting}, clock=lambda: later) is True
        question.refresh_from_db()
        assert question.result == {"counted": 3}

    def test_a_worker_that_was_overtaken_stores_nothing(self, question: Analysis, now: datetime) -> None:
        def overtaken(analysis: Analysis, *, now: datetime) -> Work:
            Analysis.objects.update(attempts=2)
            yield 1, 1
            return {"wrong": True}

        answer_next({"what_if": overtaken}, clock=lambda: now)
        question.refresh_from_db()
        assert question.result is None

    def test_a_failure_is_tried_again_and_then_told(self, question: Analysis, now: datetime) -> None:
        for attempt in range(MOST_ATTEMPTS):
            answer_next({"what_if": failing}, clock=lambda moment=now + attempt * 2 * LEASE: moment)  # type: ignore[misc]
        question.refresh_from_db()
        assert question.finished_at is not None
        assert "could not be answered" in question.problem

    def test_what_the_version_no_longer_says_is_not_answered(self, marketer: User, now: datetime) -> None:
        draft = make_draft(marketer, now)
        question = ask("what_if", draft, options={}, actor=marketer, now=now)
        Criteria.objects.filter(pk=draft.pk).update(threshold=50)
        answer_next({"what_if": counting}, clock=lambda: now)
        question.refresh_from_db()
        assert "was changed" in question.problem


class TestProgress:
    def get(self, client: Client, user: User, question: Analysis) -> Any:
        client.force_login(user)
        return client.get(reverse("scoring:analysis", args=[question.public_id]))

    def test_it_is_asked_for_until_there_is_an_answer(
        self, client: Client, marketer: User, question: Analysis, now: datetime
    ) -> None:
        Analysis.objects.update(done=1, of=3)
        response = self.get(client, marketer, question)
        assert b"every 2s" in response.content
        assert b'value="1"' in response.content
        answer_next({"what_if": counting}, clock=lambda: now)
        response = self.get(client, marketer, question)
        assert response["HX-Refresh"] == "true"
        assert b"every 2s" not in response.content

    @pytest.mark.parametrize(("persona", "status"), [("manager", 200), ("administrator", 200), ("rep", 403)])
    def test_who_may_ask_may_look(
        self, client: Client, question: Analysis, request: pytest.FixtureRequest, persona: str, status: int
    ) -> None:
        assert self.get(client, request.getfixturevalue(persona), question).status_code == status
