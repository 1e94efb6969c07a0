"""Whoever has a task is reminded in the morning of its day, on their own clock, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.lead_tasks import reminding, writing
from leads.lead_tasks.reminding import look, remind_due, reminded_from, subject_key
from leads.lead_tasks.writing import Plan
from leads.models import Lead, LeadTask
from outbox import sending
from outbox.models import Delivery, Notice, QuietHours
from outbox.transports.mail import MAIL
from tests.conftest import make_person
from tests.threads import at_once

DAY = date(2026, 3, 12)


@pytest.fixture
def lead(make_lead: Callable[..., Lead]) -> Lead:
    return make_lead(first_name="Ada", last_name="Lovelace")


def give(lead: Lead, *, to: User, by: User, now: datetime, due_on: date = DAY) -> LeadTask:
    return writing.add(lead=lead, plan=Plan(text="Call back.", due_on=due_on, assignee=to), actor=by, now=now)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 12, hour, minute, tzinfo=UTC)


@pytest.mark.django_db
class TestReminding:
    @pytest.mark.parametrize(
        ("zone", "morning"),
        [
            ("UTC", at(8)),
            ("Europe/Lisbon", at(8)),
            ("Asia/Tokyo", at(8) - timedelta(hours=9)),
            ("Pacific/Kiritimati", at(8) - timedelta(hours=14)),
            ("America/Los_Angeles", at(8) + timedelta(hours=7)),
        ],
    )
    def test_it_comes_at_eight_on_the_persons_clock_and_once(
        self, lead: Lead, marketer: User, manager: User, now: datetime, zone: str, morning: datetime
    ) -> None:
        User.objects.filter(pk=manager.pk).update(time_zone=zone)
        give(lead, to=manager, by=marketer, now=now)
        assert remind_due(now=morning - timedelta(minutes=1)) == 0
        assert remind_due(now=morning) == 1
        assert remind_due(now=morning + timedelta(minutes=1)) == 0
        notice = Notice.objects.get(kind="lead.task_due")
        assert (notice.recipient, notice.facts["task"]) == (manager, "Call back.")
        assert Delivery.objects.filter(recipient=manager, kind="lead.task_due").count() == 1

    def test_a_task_that_is_put_off_is_told_again(
        self, lead: Lead, marketer: User, manager: User, now: datetime
    ) -> None:
        task = give(lead, to=manager, by=marketer, now=now)
        assert remind_due(now=at(9)) == 1
        writing.put_off(task_id=task.pk, due_on=DAY + timedelta(days=1), actor=manager, now=at(10))
        assert remind_due(now=at(11)) == 0
        assert remind_due(now=at(9) + timedelta(days=1)) == 1

    def test_somebody_else_who_gets_it_is_told(
        self, lead: Lead, marketer: User, manager: User, administrator: User, now: datetime
    ) -> None:
        task = give(lead, to=manager, by=marketer, now=now)
        assert remind_due(now=at(9)) == 1
        plan = Plan(text=task.text, due_on=DAY, assignee=administrator)
        writing.change(task_id=task.pk, plan=plan, version=1, actor=manager, now=at(10))
        assert remind_due(now=at(11)) == 0  # told at once, and the day had begun
        assert Notice.objects.get(recipient=administrator).kind == "lead.tasks_given"
        later = Plan(text=task.text, due_on=DAY + timedelta(days=1), assignee=administrator)
        writing.change(task_id=task.pk, plan=later, version=2, actor=manager, now=at(12))
        assert remind_due(now=at(9) + timedelta(days=1)) == 1

    def test_who_is_given_one_by_somebody_else_is_told_at_once(
        self, client: Client, lead: Lead, marketer: User, manager: User, now: datetime
    ) -> None:
        give(lead, to=marketer, by=marketer, now=now)
        assert not Notice.objects.exists()
        first, second = (give(lead, to=manager, by=marketer, now=now) for _number in range(2))
        assert Notice.objects.filter(recipient=manager, kind="lead.tasks_given").count() == 2
        assert Delivery.objects.filter(recipient=manager, kind="lead.tasks_given").count() == 2
        plan = Plan(text="Call twice.", due_on=DAY, assignee=manager)
        writing.change(task_id=first.pk, plan=plan, version=1, actor=marketer, now=now)
        writing.finish(task_id=second.pk, actor=manager, now=now)
        done = Plan(text=second.text, due_on=DAY, assignee=marketer)
        writing.change(task_id=second.pk, plan=done, version=2, actor=manager, now=now)
        assert Notice.objects.count() == 2
        client.force_login(manager)
        assert "A task for" in client.get(reverse("notices:list")).content.decode()

    def test_a_task_that_is_done_or_deleted_is_not_told(
        self, lead: Lead, marketer: User, manager: User, now: datetime
    ) -> None:
        done, gone = (give(lead, to=manager, by=marketer, now=now) for _number in range(2))
        writing.finish(task_id=done.pk, actor=manager, now=now)
        writing.remove(task_id=gone.pk, actor=manager, now=now)
        assert remind_due(now=at(9)) == 0

    def test_who_sets_one_for_today_themselves_is_not_told(self, lead: Lead, marketer: User, manager: User) -> None:
        give(lead, to=marketer, by=marketer, now=at(10))
        give(lead, to=manager, by=marketer, now=at(10))
        assert remind_due(now=at(11)) == 0
        assert Notice.objects.get().recipient == manager

    def test_who_left_is_not_told(self, lead: Lead, marketer: User, manager: User, now: datetime) -> None:
        give(lead, to=manager, by=marketer, now=now)
        User.objects.filter(pk=manager.pk).update(is_active=False)
        assert remind_due(now=at(9)) == 0

    def test_quiet_hours_hold_the_mail_and_not_the_bell(
        self, lead: Lead, marketer: User, manager: User, now: datetime
    ) -> None:
        QuietHours.objects.create(user=manager, starts_at=time(20), ends_at=time(10))
        give(lead, to=manager, by=marketer, now=now)
        Delivery.objects.all().delete()
        remind_due(now=at(8))
        assert Notice.objects.filter(kind="lead.task_due").count() == 1
        assert sending.lease(MAIL, now=at(9)) is None
        assert sending.lease(MAIL, now=at(10, 1)) == Delivery.objects.get(recipient=manager)

    def test_it_is_looked_at_again_when_it_is_told(
        self, lead: Lead, marketer: User, manager: User, now: datetime
    ) -> None:
        task = give(lead, to=manager, by=marketer, now=now)
        keys = [subject_key(task)]
        assert look(keys, manager)[keys[0]] == {"holder_id": manager.pk, "over": ""}
        assert look(keys, marketer) == {}
        writing.finish(task_id=task.pk, actor=manager, now=now)
        assert look(keys, manager)[keys[0]]["over"] == "done"
        writing.remove(task_id=task.pk, actor=manager, now=now)
        assert look(keys, manager) == {}

    def test_a_morning_that_the_clock_skips_is_the_first_moment_after_it(self) -> None:
        nobody = User(time_zone="UTC")
        assert reminded_from(DAY, nobody) == at(8)
        assert reminded_from(DAY, User(time_zone="Nowhere/Else")) == at(8)


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestRaces:
    @pytest.fixture
    def given(self, make_lead: Callable[..., Lead], now: datetime) -> LeadTask:
        one, other = (make_person(f"{name}@example.com", "marketing", name) for name in ("one", "other"))
        return give(make_lead(), to=one, by=other, now=now)

    def test_two_who_remind_at_once_tell_once(self, given: LeadTask) -> None:
        told = at_once(*(lambda: remind_due(now=at(9)) for _number in range(4)))
        assert sum(number for number in told if isinstance(number, int)) == 1
        assert Notice.objects.filter(kind="lead.task_due").count() == 1

    def test_without_the_lock_more_than_one_tells(self, given: LeadTask, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control: the same code, which waits for all to have looked before the first writes."""
        barrier, look_at = Barrier(4), reminding.reminded_from

        def look_together(*about: Any) -> datetime:
            if in_transaction():
                barrier.wait(30)
            return look_at(*about)

        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self)
        monkeypatch.setattr(reminding, "reminded_from", look_together)
        told = at_once(*(lambda: remind_due(now=at(9)) for _number in range(4)))
        assert told == [1, 1, 1, 1]


def in_transaction() -> bool:
    return connection.in_atomic_block
