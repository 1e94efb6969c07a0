"""Deadlines of leads that wait, counted anew because their policy or its calendar was changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.deadlines.due_times import Deadlines
from handoff.deadlines.recount import differences
from handoff.deadlines.sla import breach_overdue, warn_due
from handoff.lifecycle import clocks, transitions
from handoff.lifecycle.refusals import Incomplete, NotPossible
from handoff.models import Calendar, Handoff, OwnDay, SlaPolicy
from leads.events import SYSTEM, Agent
from leads.models import LeadEvent
from outbox.models import Notice
from tests.handoff.browsing import said
from tests.handoff.conftest import MakeHandoff

HOUR = timedelta(hours=1)
WHY = "The office is closed for snow."
PAGE = reverse("handoff:deadlines")


def due_in(hours: float, now: datetime) -> Deadlines:
    """A clock that ends then; half of it is over at two hours, nine tenths at three."""
    return Deadlines(now + 2 * HOUR, now + 3 * HOUR, now + timedelta(hours=hours))


@pytest.fixture
def move(manager: User) -> Callable[..., Handoff]:
    def do(handoff: Handoff, due: Deadlines, *, at: datetime, text: str = WHY) -> Handoff:
        return clocks.move_deadline(handoff_id=handoff.pk, due=due, actor=manager, text=text, now=at)

    return do


class TestOneDeadline:
    def test_is_moved_and_who_from_when_to_when_and_why_is_kept(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], manager: User, deadline: datetime, now: datetime
    ) -> None:
        handoff = make_waiting()
        move(handoff, due_in(30, now), at=now + HOUR)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.respond_by) == ("waiting", now + 30 * HOUR)
        assert (handoff.deadline_moved_at, handoff.deadline_moved_by) == (now + HOUR, manager)
        event = LeadEvent.objects.get(kind="handoff.deadline_moved")
        assert (event.actor, event.text, event.at) == (manager, WHY, now + HOUR)
        assert event.data["before"] == deadline.isoformat()
        assert event.data["after"] == (now + 30 * HOUR).isoformat()

    def test_is_the_truth_from_then_on(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], deadline: datetime, now: datetime
    ) -> None:
        handoff = make_waiting()
        move(handoff, due_in(30, now), at=now + HOUR)
        assert breach_overdue(now=deadline) == 0
        assert breach_overdue(now=now + 30 * HOUR) == 1
        handoff.refresh_from_db()
        assert handoff.breached_at == now + 30 * HOUR

    def test_the_rep_is_told_each_time(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        for hour in (1, 2):
            move(handoff, due_in(30 + hour, now), at=now + hour * HOUR)
        assert [each.recipient for each in Notice.objects.filter(kind="handoff.deadline_moved")] == [rep, rep]

    def test_a_warning_that_was_given_is_not_given_again(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        assert warn_due(now=now + 12 * HOUR) == 1
        move(handoff, Deadlines(now + 20 * HOUR, now + 36 * HOUR, now + 40 * HOUR), at=now + 13 * HOUR)
        assert [warn_due(now=now + hours * HOUR) for hours in (20, 35, 36)] == [0, 0, 1]
        told = Notice.objects.filter(recipient=rep).order_by("pk").values_list("kind", flat=True)
        assert [*told][1:] == ["handoff.half_time", "handoff.deadline_moved", "handoff.nearly_late"]

    def test_one_that_was_not_given_follows_the_new_clock(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], now: datetime
    ) -> None:
        move(make_waiting(), Deadlines(now + 20 * HOUR, now + 36 * HOUR, now + 40 * HOUR), at=now + HOUR)
        assert [warn_due(now=now + hours * HOUR) for hours in (12, 19, 20, 36)] == [0, 0, 1, 1]


class TestWhatIsNotMoved:
    def test_what_is_late(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], deadline: datetime, now: datetime
    ) -> None:
        handoff = make_waiting()
        with pytest.raises(NotPossible):
            move(handoff, due_in(30, now), at=deadline)
        handoff.refresh_from_db()
        assert handoff.respond_by == deadline

    def test_to_a_moment_that_is_over(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], now: datetime
    ) -> None:
        with pytest.raises(NotPossible, match="over already"):
            move(make_waiting(), due_in(4, now), at=now + 4 * HOUR)

    def test_what_was_accepted(self, make_accepted: MakeHandoff, move: Callable[..., Handoff], now: datetime) -> None:
        with pytest.raises(transitions.AlreadyDecided):
            move(make_accepted(), due_in(30, now), at=now + HOUR)

    def test_what_waits_for_its_pass(
        self, make_ready: MakeHandoff, move: Callable[..., Handoff], now: datetime
    ) -> None:
        with pytest.raises(NotPossible):
            move(make_ready(), due_in(30, now), at=now + HOUR)

    @pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
    def test_without_words(
        self, make_waiting: MakeHandoff, move: Callable[..., Handoff], now: datetime, text: str
    ) -> None:
        with pytest.raises(Incomplete):
            move(make_waiting(), due_in(30, now), at=now + HOUR, text=text)


class TestDifferences:
    def test_none_while_nothing_was_changed(self, make_waiting: MakeHandoff, now: datetime) -> None:
        make_waiting()
        assert differences(now=now + HOUR) == []

    def test_later_earlier_and_kept(self, make_waiting: MakeHandoff, now: datetime) -> None:
        early = make_waiting(at=now - 20 * HOUR)
        late = make_waiting(at=now - HOUR)
        SlaPolicy.objects.update(respond_within=timedelta(hours=10))
        [found] = differences(now=now)
        assert [(each.handoff, each.due.respond_by, each.is_later) for each in found.moves] == [
            (late, now + 9 * HOUR, False)
        ]
        assert [each.handoff for each in found.unmoved] == [early]
        SlaPolicy.objects.update(respond_within=timedelta(hours=48))
        [found] = differences(now=now)
        assert [(each.handoff, each.is_later) for each in found.moves] == [(early, True), (late, True)]

    def test_a_day_on_which_nobody_works(self, make_waiting: MakeHandoff, now: datetime) -> None:
        office = Calendar.objects.get(name="Office hours")
        SlaPolicy.objects.update(clock="business", calendar=office, respond_within=timedelta(hours=8))
        handoff = make_waiting()
        assert handoff.respond_by is not None
        OwnDay.objects.create(calendar=office, on=handoff.respond_by.date(), name="Snow", is_open=False)
        [found] = differences(now=now + timedelta(minutes=1))
        assert found.moves[0].due.respond_by > handoff.respond_by

    def test_so_many_queries_for_many_leads_as_for_one(
        self, make_waiting: MakeHandoff, now: datetime, django_assert_num_queries: Any
    ) -> None:
        SlaPolicy.objects.update(clock="business", calendar=Calendar.objects.get(name="Office hours"))
        for _ in range(5):
            make_waiting()
        SlaPolicy.objects.update(respond_within=timedelta(hours=20))
        with django_assert_num_queries(4):
            [found] = differences(now=now)
            assert [str(each.handoff.lead.company or each.handoff.assignee) for each in found.moves]


@pytest.fixture
def changed(make_waiting: MakeHandoff, now: datetime) -> Handoff:
    """A lead that waits since an hour, and would have 48 hours instead of 24 by now."""
    handoff = make_waiting(at=now - HOUR)
    SlaPolicy.objects.update(respond_within=timedelta(hours=48))
    return handoff


@pytest.mark.usefixtures("ten_minutes_later")
class TestPage:
    def seen(self, now: datetime) -> dict[str, Any]:
        [found] = differences(now=now)
        return {"policy": found.policy.pk, "seen": found.fingerprint, "text": WHY}

    def test_says_what_would_move_and_changes_nothing(
        self, client: Client, manager: User, changed: Handoff, now: datetime
    ) -> None:
        client.force_login(manager)
        page = client.get(PAGE).content.decode()
        for words in ("1 lead may be answered later.", "Move 1 deadline", changed.lead.name):
            assert words in page
        before = changed.respond_by
        changed.refresh_from_db()
        assert changed.respond_by == before

    def test_moves(self, client: Client, manager: User, changed: Handoff, now: datetime) -> None:
        client.force_login(manager)
        answer = client.post(PAGE, self.seen(now))
        assert (answer.status_code, said(answer)) == (302, ["1 deadline was moved."])
        changed.refresh_from_db()
        assert changed.respond_by == now + 47 * HOUR
        page = client.get(reverse("leads:detail", args=[changed.lead.public_id])).content.decode()
        assert "The deadline was counted anew." in page
        assert WHY in page
        page = client.get(reverse("handoff:detail", args=[changed.public_id])).content.decode()
        assert "Mila Manager moved the deadline on 10 March 2026, 09:10." in page

    def test_what_was_moved_is_told_beside_what_was_kept(
        self, client: Client, manager: User, marketer: User, changed: Handoff, now: datetime
    ) -> None:
        client.force_login(manager)
        client.post(PAGE, self.seen(now))
        client.force_login(marketer)
        assert "1 deadline was moved" in client.get(reverse("handoff:promises")).content.decode()

    def test_asks_why(self, client: Client, manager: User, changed: Handoff, now: datetime) -> None:
        client.force_login(manager)
        answer = client.post(PAGE, self.seen(now) | {"text": " "})
        assert answer.status_code == 422
        assert "Say why the deadlines are moved." in answer.content.decode()
        assert not LeadEvent.objects.filter(kind="handoff.deadline_moved").exists()

    @pytest.mark.parametrize(
        ("given", "status"),
        [({"seen": "0"}, 409), ({"policy": "0"}, 302), ({"policy": "\x00"}, 400), ({"policy": "x", "seen": "é"}, 302)],
    )
    def test_what_has_changed_meanwhile_is_shown_again(
        self, client: Client, manager: User, changed: Handoff, now: datetime, given: dict[str, str], status: int
    ) -> None:
        client.force_login(manager)
        answer = client.post(PAGE, self.seen(now) | given)
        assert answer.status_code == status
        assert (WHY in answer.content.decode()) == (status == 409), "What was typed stays."
        assert not LeadEvent.objects.filter(kind="handoff.deadline_moved").exists()

    def test_one_that_is_answered_meanwhile_stays_as_it_is(
        self, client: Client, manager: User, rep: User, changed: Handoff, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        SlaPolicy.objects.update(respond_within=timedelta(hours=24))
        other = make_waiting(at=now - 2 * HOUR)
        SlaPolicy.objects.update(respond_within=timedelta(hours=48))
        sent = self.seen(now)
        transitions.accept(handoff_id=other.pk, actor=rep, now=now)
        client.force_login(manager)
        assert client.post(PAGE, sent).status_code == 409
        assert client.post(PAGE, self.seen(now)).status_code == 302
        assert LeadEvent.objects.filter(kind="handoff.deadline_moved").count() == 1

    def test_when_nothing_would_move(self, client: Client, manager: User, make_waiting: MakeHandoff) -> None:
        make_waiting()
        client.force_login(manager)
        assert "Every lead that waits has the deadline its policy gives" in client.get(PAGE).content.decode()


class TestGivenAway:
    def test_who_had_the_lead_is_told_by_its_company(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, client: Client, now: datetime
    ) -> None:
        handoff = make_waiting(company="Acme")
        transitions.reassign(handoff_id=handoff.pk, assignee=other_rep, agent=Agent(user=manager), now=now + HOUR)
        notice = Notice.objects.get(kind="handoff.given_away")
        assert notice.recipient == rep
        with time_machine.travel(now + 2 * HOUR):
            client.force_login(rep)
            page = client.get(reverse("notices:list")).content.decode()
        assert "Mila Manager gave a lead you had to Otto Rep (Acme)" in page
        assert handoff.lead.name not in page

    def test_nobody_is_told_of_what_a_program_did(
        self, make_waiting: MakeHandoff, other_rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        transitions.reassign(handoff_id=handoff.pk, assignee=other_rep, agent=SYSTEM, now=now + HOUR)
        assert not Notice.objects.filter(kind="handoff.given_away").exists()
