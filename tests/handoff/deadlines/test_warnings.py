"""Half of the time is over, and nine tenths: each is told once, to whom it concerns."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from accounts.models import User
from handoff.deadlines.sla import warn_due
from handoff.lifecycle import transitions
from handoff.models import Calendar, Handoff, OpenHours, SlaPolicy
from leads.events import SYSTEM
from outbox.models import Notice
from tests.handoff.conftest import MakeHandoff
from tests.threads import at_once

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


def told() -> list[tuple[str, str]]:
    """The warnings, as kind and the person's first name, in order."""
    rows = Notice.objects.filter(kind__in=("handoff.half_time", "handoff.nearly_late")).order_by("pk")
    return [(row.kind.removeprefix("handoff."), row.recipient.name.split()[0]) for row in rows]


class TestHalfTime:
    def test_the_rep_is_told_exactly_then_and_once(
        self, make_waiting: MakeHandoff, manager: User, now: datetime
    ) -> None:
        make_waiting()
        assert warn_due(now=now + 12 * HOUR - MICROSECOND) == 0
        assert [warn_due(now=now + 12 * HOUR) for _ in range(2)] == [1, 0]
        assert told() == [("half_time", "Ana")]

    def test_who_holds_it_now_is_told(self, make_waiting: MakeHandoff, other_rep: User, now: datetime) -> None:
        handoff = make_waiting()
        transitions.reassign(handoff_id=handoff.pk, assignee=other_rep, agent=SYSTEM, now=now + HOUR)
        warn_due(now=now + 12 * HOUR)
        assert told() == [("half_time", "Otto")]


class TestNearlyLate:
    def test_the_rep_and_the_managers_are_told(self, make_waiting: MakeHandoff, manager: User, now: datetime) -> None:
        make_waiting()
        warn_due(now=now + 12 * HOUR)
        nine_tenths = now + timedelta(hours=21, minutes=36)
        assert warn_due(now=nine_tenths - MICROSECOND) == 0
        assert [warn_due(now=nine_tenths) for _ in range(2)] == [1, 0]
        assert sorted(told()[1:]) == [("nearly_late", "Ana"), ("nearly_late", "Mila")]

    def test_after_a_break_only_the_later_one_is_told(self, make_waiting: MakeHandoff, now: datetime) -> None:
        make_waiting()
        assert [warn_due(now=now + 23 * HOUR) for _ in range(2)] == [1, 0]
        assert told() == [("nearly_late", "Ana")]


class TestNobodyIsWarned:
    def test_of_what_was_answered(self, make_accepted: MakeHandoff, now: datetime) -> None:
        make_accepted()
        assert warn_due(now=now + 12 * HOUR) == 0

    def test_of_what_is_late_already(self, make_waiting: MakeHandoff, deadline: datetime) -> None:
        make_waiting()
        assert warn_due(now=deadline) == 0
        assert told() == []


class TestBusinessHours:
    def test_warnings_are_on_the_clock_of_the_deadline(
        self, make_ready: MakeHandoff, rep: User, office: Calendar
    ) -> None:
        """Four hours from Friday 15:00: half of them are over at closing time, nine tenths on Monday at 10:36."""
        friday = datetime.fromisoformat("2026-03-13T15:00:00+00:00")
        SlaPolicy.objects.update(clock="business", calendar=office, respond_within=timedelta(hours=4))
        handoff = make_ready(at=friday)
        passed = transitions.pass_to_sales(handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=friday)
        moments = [passed.half_at, passed.nearly_at, passed.respond_by]
        assert [f"{moment:%a %H:%M}" for moment in moments if moment] == ["Fri 17:00", "Mon 10:36", "Mon 11:00"]


@pytest.fixture
def office(db: None) -> Calendar:
    """Monday to Friday, 9 to 17, UTC."""
    calendar = Calendar.objects.create(name="Office", time_zone="UTC")
    OpenHours.objects.bulk_create(
        OpenHours(calendar=calendar, weekday=day, opens_at="09:00", closes_at="17:00") for day in range(5)
    )
    return calendar


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
def test_two_sweepers_at_once_warn_once(make_waiting: MakeHandoff, manager: User, now: datetime) -> None:
    for _ in range(10):
        make_waiting()
    sweeper: Callable[[], int] = partial(warn_due, now=now + 12 * HOUR)
    answers = at_once(sweeper, sweeper, sweeper)
    assert sum(answer for answer in answers if isinstance(answer, int)) == 10
    assert told() == [("half_time", "Ana")] * 10
    assert not Handoff.objects.filter(next_warning_at__lte=now + 12 * HOUR).exists()
