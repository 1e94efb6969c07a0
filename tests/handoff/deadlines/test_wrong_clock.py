"""A host whose own clock is wrong decides nothing differently."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from handoff import tasks
from handoff.models import Handoff
from lib import clock
from tests.handoff.browsing import state_of

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def now(database_clock: None) -> datetime:
    """The right time, for the fixtures that make handoffs."""
    return timezone.now()


@pytest.fixture
def five_minutes_ahead(now: datetime) -> Iterator[None]:
    clock.forget()
    with time_machine.travel(now + 5 * MINUTE):
        yield
    clock.forget()


class TestHostAhead:
    def test_an_answer_three_minutes_before_the_deadline_is_in_time(
        self,
        make_waiting: Callable[..., Handoff],
        rep: User,
        now: datetime,
        five_minutes_ahead: None,
        post: Callable[..., Any],
    ) -> None:
        handoff = make_waiting(at=now - DAY + 3 * MINUTE)
        post(rep, "accept", handoff)
        assert state_of(handoff) == "accepted"
        accepted = Handoff.objects.get(pk=handoff.pk)
        assert accepted.first_responded_at is not None
        assert abs(accepted.first_responded_at - now) < MINUTE

    def test_its_sweeper_returns_nothing_before_its_time(
        self, make_waiting: Callable[..., Handoff], now: datetime, five_minutes_ahead: None
    ) -> None:
        early, late = (make_waiting(at=now - DAY + left) for left in (3 * MINUTE, -MINUTE))
        tasks.breach_overdue()
        assert (state_of(early), state_of(late)) == ("waiting", "breached")
