"""Tasks go with their lead to its new owner, who is told; and are given on when somebody leaves."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.event_kinds import OWNER_CHANGED
from handoff.lifecycle import passing, transitions
from handoff.models import Reason
from leads.events import SYSTEM, Agent
from leads.lead_tasks import writing
from leads.lead_tasks.following import give_on_all
from leads.lead_tasks.lists import open_tasks
from leads.lead_tasks.telling import look, subject_key
from leads.lead_tasks.writing import Plan
from leads.lifecycle import change_owner, locked
from leads.merging.merging import merge
from leads.models import Lead, LeadTask
from outbox.models import Notice
from tests.handoff.conftest import MakeHandoff
from tests.outbox.telling import sentence_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 12)


@pytest.fixture
def lead(make_lead: Callable[..., Lead]) -> Lead:
    return make_lead(first_name="Ada", last_name="Lovelace")


def task_of(
    lead: Lead, person: User, *, by: User, now: datetime, text: str = "Call back.", due: date = DAY
) -> LeadTask:
    return writing.add(lead=lead, plan=Plan(text=text, due_on=due, assignee=person), actor=by, now=now)


def give(lead: Lead, owner: User | None, *, agent: Agent = SYSTEM, now: datetime) -> None:
    """Somebody else owns the lead from now on."""
    [held] = locked([lead.pk])
    change_owner(held, OWNER_CHANGED, owner=owner, agent=agent, now=now)


def told(person: User) -> list[str]:
    notices = Notice.objects.filter(recipient=person, kind="lead.tasks_given").order_by("pk")
    return [sentence_of(notice) for notice in notices]


class TestAnotherOwner:
    def test_the_tasks_of_the_one_before_are_theirs_and_they_are_told_once(
        self, lead: Lead, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        give(lead, rep, now=now)
        for text, days in (("Send the offer.", 1), ("Call back.", 0)):
            task_of(lead, rep, by=rep, now=now, text=text, due=DAY + timedelta(days=days))
        give(lead, other_rep, agent=Agent(user=manager), now=now)
        assert [task.text for task in open_tasks(other_rep)] == ["Call back.", "Send the offer."]
        assert told(other_rep) == ["2 tasks for Ada Lovelace are yours now, the first due 12 March 2026"]
        assert told(rep) == []
        kinds = list(lead.events.filter(kind="lead.task_given_on").values_list("text", "actor__name"))
        assert sorted(kinds) == [("Call back.", "Mila Manager"), ("Send the offer.", "Mila Manager")]

    def test_one_is_named(self, lead: Lead, rep: User, other_rep: User, now: datetime) -> None:
        give(lead, rep, now=now)
        task_of(lead, rep, by=rep, now=now)
        give(lead, other_rep, now=now)
        assert told(other_rep) == ["A task for Ada Lovelace is yours now: Call back."]

    def test_what_marketing_has_to_do_stays_theirs(
        self, lead: Lead, rep: User, other_rep: User, marketer: User, now: datetime
    ) -> None:
        give(lead, rep, now=now)
        task = task_of(lead, marketer, by=rep, now=now)
        give(lead, other_rep, now=now)
        task.refresh_from_db()
        assert task.assignee == marketer
        assert told(other_rep) == []

    def test_what_a_manager_had_to_do_as_its_owner_goes_on(
        self, lead: Lead, rep: User, manager: User, now: datetime
    ) -> None:
        give(lead, manager, now=now)
        task_of(lead, manager, by=manager, now=now)
        give(lead, rep, now=now)
        assert open_tasks(rep).count() == 1

    def test_without_an_owner_it_waits_for_the_next_one(
        self, lead: Lead, rep: User, other_rep: User, now: datetime
    ) -> None:
        give(lead, rep, now=now)
        task = task_of(lead, rep, by=rep, now=now)
        give(lead, None, now=now)
        task.refresh_from_db()
        assert task.assignee == rep
        give(lead, other_rep, now=now)
        task.refresh_from_db()
        assert (task.assignee, task.version) == (other_rep, 2)

    def test_what_is_done_or_deleted_stays_and_is_theirs_who_take_it_up_again(
        self, lead: Lead, rep: User, other_rep: User, now: datetime
    ) -> None:
        give(lead, rep, now=now)
        done, removed = task_of(lead, rep, by=rep, now=now), task_of(lead, rep, by=rep, now=now)
        writing.finish(task_id=done.pk, actor=rep, now=now)
        writing.remove(task_id=removed.pk, actor=rep, now=now)
        give(lead, other_rep, now=now)
        assert told(other_rep) == []
        writing.reopen(task_id=done.pk, actor=other_rep, now=now)
        writing.put_back(task_id=removed.pk, actor=other_rep, now=now)
        assert set(open_tasks(other_rep)) == {done, removed}

    def test_whoever_gives_it_to_themselves_is_told_nothing(
        self, lead: Lead, rep: User, manager: User, now: datetime
    ) -> None:
        give(lead, rep, now=now)
        task_of(lead, rep, by=rep, now=now)
        give(lead, manager, agent=Agent(user=manager), now=now)
        assert open_tasks(manager).count() == 1
        assert told(manager) == []

    @pytest.mark.parametrize(("days", "is_reminded"), [(-1, True), (1, False)])
    def test_of_a_day_that_has_come_nobody_is_reminded_again(
        self, lead: Lead, rep: User, other_rep: User, now: datetime, days: int, is_reminded: bool
    ) -> None:
        give(lead, rep, now=now)
        task = task_of(lead, rep, by=rep, now=now, due=now.date() + timedelta(days=days))
        give(lead, other_rep, now=now)
        task.refresh_from_db()
        assert (task.reminded_at is not None) == is_reminded

    def test_the_bell_says_when_all_are_done(self, lead: Lead, rep: User, other_rep: User, now: datetime) -> None:
        give(lead, rep, now=now)
        task = task_of(lead, rep, by=rep, now=now)
        give(lead, other_rep, now=now)
        key = subject_key(lead.pk)
        assert look([key], other_rep) == {key: {"over": ""}}
        assert look([key], rep) == {}
        writing.finish(task_id=task.pk, actor=other_rep, now=now)
        assert look([key], other_rep) == {key: {"over": "done"}}


class TestTheWayOfALead:
    def test_reassigned(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        task_of(handoff.lead, rep, by=rep, now=now)
        passing.reassign(handoff_id=handoff.pk, assignee=other_rep, agent=Agent(user=manager), now=now)
        assert open_tasks(other_rep).count() == 1

    def test_back_to_nurture_and_passed_again(
        self, make_accepted: MakeHandoff, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User,
        reason: Callable[[str], Reason], now: datetime,
    ) -> None:  # fmt: skip
        handoff = make_accepted(assignee=rep)
        task_of(handoff.lead, rep, by=rep, now=now)
        later = now + timedelta(hours=1)
        transitions.recycle(handoff_id=handoff.pk, actor=rep, reason=reason("bad_timing"), now=later)
        passing.take_back(handoff_id=handoff.pk, actor=manager, assignee=other_rep, now=later)
        assert open_tasks(other_rep).count() == 1

    def test_merged(
        self, lead: Lead, make_lead: Callable[..., Lead], rep: User, other_rep: User, marketer: User, now: datetime
    ) -> None:
        older = make_lead(email="ada@old.example", now=now - timedelta(days=9))
        give(lead, rep, now=now)
        task_of(lead, rep, by=rep, now=now)
        give(older, other_rep, now=now)
        merge(lead_ids=(older.pk, lead.pk), agent=Agent(user=marketer), now=now)
        assert open_tasks(Lead.objects.get().owner or rep).count() == 1


class TestLeaving:
    @pytest.mark.parametrize("heir", ["manager", None])
    def test_what_follows_no_lead_goes_to_one_person_or_to_the_owner_of_each(
        self, lead: Lead, make_lead: Callable[..., Lead], rep: User, marketer: User, manager: User,
        administrator: User, now: datetime, request: pytest.FixtureRequest, heir: str | None,
    ) -> None:  # fmt: skip
        to = request.getfixturevalue(heir) if heir else None
        give(lead, rep, now=now)
        owned, unowned = task_of(lead, marketer, by=marketer, now=now), make_lead(email="b@example.com")
        loose = task_of(unowned, marketer, by=marketer, now=now)
        give_on_all(marketer, to=to, otherwise=administrator, agent=Agent(user=administrator), now=now)
        owned.refresh_from_db()
        loose.refresh_from_db()
        assert (owned.assignee, loose.assignee) == ((to, to) if to else (rep, administrator))


class TestWhereItStands:
    def test_the_home_page_says_what_is_late_and_due_today(
        self, client: Client, lead: Lead, rep: User, marketer: User, now: datetime
    ) -> None:
        give(lead, rep, now=now)
        for person in (rep, marketer):
            for days in (-2, -1, 0, 1):
                task_of(lead, person, by=person, now=now, due=now.date() + timedelta(days=days))
        for person in (rep, marketer):
            with time_machine.travel(now, tick=False):
                client.force_login(person)
                text = client.get(reverse("home")).content.decode()
            assert "2 tasks of yours are overdue." in text
            assert "1 task of yours is due today." in text

    def test_with_two_roles_it_is_said_once(self, client: Client, lead: Lead, rep: User, now: datetime) -> None:
        User.objects.filter(pk=rep.pk).update(roles=["sales_rep", "marketing"])
        task_of(lead, rep, by=rep, now=now, due=now.date())
        with time_machine.travel(now, tick=False):
            client.force_login(rep)
            assert client.get(reverse("home")).content.decode().count("due today.") == 1

    def test_the_queue_names_the_next_one(
        self, client: Client, make_waiting: MakeHandoff, rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        task_of(handoff.lead, rep, by=rep, now=now, text="Later.", due=now.date() + timedelta(days=1))
        task_of(handoff.lead, rep, by=rep, now=now, text="First.", due=now.date())
        with time_machine.travel(now, tick=False):
            for person in (rep, manager):
                client.force_login(person)
                for page in (reverse("handoff:queue"), reverse("handoff:detail", args=[handoff.public_id])):
                    text = client.get(page).content.decode()
                    assert "First." in text
                    assert "due today" in text
                    assert "Later." not in text
