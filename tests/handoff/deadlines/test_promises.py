"""Both sides are measured: marketing passes by what it promised, sales answers by the deadline."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.deadlines.promises import Punctuality, answered, passed
from handoff.deadlines.sla import breach_overdue
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads.events import SYSTEM
from tests.handoff.conftest import MakeHandoff

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def pass_to(rep: User) -> Callable[[Handoff, datetime], Handoff]:
    return lambda handoff, at: transitions.pass_to_sales(handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=at)


class TestMarketing:
    def test_in_time_late_and_neither_yet(
        self, make_ready: MakeHandoff, pass_to: Callable[[Handoff, datetime], Handoff], now: datetime
    ) -> None:
        for hours in (0, 1, 3):
            pass_to(make_ready(pass_by=now + 2 * HOUR), now + hours * HOUR)
        make_ready(pass_by=now + 2 * HOUR)  # waits, and is late by now
        make_ready(pass_by=now + 9 * HOUR)  # waits
        found = passed(since=now, until=now + DAY, now=now + 4 * HOUR)
        assert found == Punctuality(in_time=2, late=2, waiting=1, median=HOUR)
        assert found.decided == 4

    def test_the_daily_pass_itself_may_take_a_moment(
        self, make_ready: MakeHandoff, pass_to: Callable[[Handoff, datetime], Handoff], now: datetime
    ) -> None:
        pass_to(make_ready(pass_by=now + HOUR), now + HOUR + timedelta(seconds=50))
        assert passed(since=now, until=now + DAY, now=now + DAY).late == 0

    def test_what_was_withdrawn_before_does_not_count(
        self, make_ready: MakeHandoff, marketer: User, now: datetime
    ) -> None:
        handoff = make_ready(pass_by=now + HOUR)
        transitions.withdraw(handoff_id=handoff.pk, actor=marketer, text="A test lead.", now=now)
        assert passed(since=now, until=now + DAY, now=now + DAY) == Punctuality(
            in_time=0, late=0, waiting=0, median=None
        )

    def test_what_goes_on_from_another_rep_was_passed_before(
        self, make_waiting: MakeHandoff, manager: User, other_rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        breach_overdue(now=now + DAY)
        transitions.take_back(handoff_id=handoff.pk, actor=manager, assignee=other_rep, now=now + DAY)
        assert passed(since=now, until=now + 2 * DAY, now=now + 2 * DAY).decided == 1

    def test_only_the_days_that_are_asked_for(self, make_ready: MakeHandoff, now: datetime) -> None:
        make_ready()
        assert passed(since=now + HOUR, until=now + DAY, now=now + DAY).decided == 0
        assert passed(since=now - DAY, until=now, now=now + DAY).decided == 0


class TestSales:
    def test_in_time_late_and_neither_yet(
        self, make_waiting: MakeHandoff, make_accepted: MakeHandoff, rep: User, reason: Callable[[str], Reason],
        now: datetime,
    ) -> None:  # fmt: skip
        make_accepted()
        rejected = make_waiting()
        transitions.reject(handoff_id=rejected.pk, actor=rep, reason=reason("not_icp"), now=now + 2 * HOUR)
        make_waiting(at=now - 2 * DAY)
        assert breach_overdue(now=now) == 1
        make_waiting(at=now - DAY)  # over, and the sweeper was not there yet
        make_waiting()
        found = answered(since=now - 3 * DAY, until=now + HOUR, now=now + 3 * HOUR)
        assert found == Punctuality(in_time=2, late=2, waiting=1, median=HOUR)

    def test_a_breach_stays_counted_when_a_manager_takes_the_lead_back(
        self, make_waiting: MakeHandoff, manager: User, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        breach_overdue(now=now + DAY)
        again = transitions.take_back(handoff_id=handoff.pk, actor=manager, assignee=rep, now=now + DAY)
        transitions.accept(handoff_id=again.pk, actor=rep, now=now + DAY + HOUR)
        found = answered(since=now, until=now + 2 * DAY, now=now + 2 * DAY)
        assert (found.in_time, found.late) == (1, 1)


class TestPanel:
    def test_says_both(self, client: Client, manager: User, make_accepted: MakeHandoff, now: datetime) -> None:
        make_accepted()
        client.force_login(manager)
        with time_machine.travel(now + HOUR, tick=False):
            page = client.get(reverse("handoff:promises")).content.decode()
        assert page.count("1 of 1") == 2

    def test_says_when_there_is_nothing(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        assert "There was none in these days." in client.get(reverse("handoff:promises")).content.decode()
