"""Managers see that deadlines are held, and say that the clock is right."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.deadlines.clock_readings import Reading
from handoff.deadlines.holds import current, is_held
from handoff.models import Handoff, Hold
from tests.handoff.conftest import MakeHandoff

DAY = timedelta(days=1)
HOLD, NOTE, QUEUE = (reverse(f"handoff:{name}") for name in ("hold", "hold_note", "queue"))


@pytest.fixture
def held(make_waiting: MakeHandoff, now: datetime) -> Hold:
    """The clock went a day ahead while six leads waited."""
    assert not is_held(Reading(now, "one", 10))
    for _ in range(6):
        make_waiting()
    assert is_held(Reading(now + DAY, "one", 40))
    hold = current()
    assert hold
    return hold


@pytest.fixture
def page(client: Client) -> Callable[[User, str], str]:
    def get(user: User, address: str) -> str:
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return get


class TestNote:
    def test_says_how_many_look_late(self, page: Callable[[User, str], str], manager: User, held: Hold) -> None:
        assert "6 of 6 leads look late at once" in page(manager, NOTE)

    def test_is_empty_otherwise(self, page: Callable[[User, str], str], manager: User) -> None:
        assert "look late" not in page(manager, NOTE)

    def test_is_asked_for_by_the_queue_of_those_who_see_all(
        self, page: Callable[[User, str], str], manager: User, rep: User
    ) -> None:
        assert f'hx-get="{NOTE}"' in page(manager, QUEUE)
        assert NOTE not in page(rep, QUEUE)


class TestPage:
    def test_looking_ends_nothing(self, page: Callable[[User, str], str], manager: User, held: Hold) -> None:
        shown = page(manager, HOLD)
        assert "23 h 59 min ahead" in shown
        assert "Enforce deadlines now" in shown
        assert current() == held

    def test_a_manager_enforces(
        self, client: Client, page: Callable[[User, str], str], manager: User, held: Hold
    ) -> None:
        client.force_login(manager)
        assert client.post(HOLD).status_code == 302
        held.refresh_from_db()
        assert held.ended_by == manager
        assert set(Handoff.objects.values_list("state", flat=True)) == {"waiting"}  # the sweeper returns them
        assert "Mila Manager" in page(manager, HOLD)

    def test_marketing_may_look_and_not_decide(
        self, client: Client, page: Callable[[User, str], str], marketer: User, held: Hold
    ) -> None:
        assert "Enforce deadlines now" not in page(marketer, HOLD)
        assert client.post(HOLD).status_code == 403
        assert current() == held

    def test_without_any(self, page: Callable[[User, str], str], manager: User) -> None:
        assert "never held" in page(manager, HOLD)

    def test_somebody_was_first(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        assert "already" in client.post(HOLD, follow=True).content.decode()
