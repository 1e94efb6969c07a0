"""Tasks of leads: written, changed, done, deleted and put back; and who may."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.events import Agent
from leads.lead_tasks import writing
from leads.lead_tasks.lists import count_due, open_tasks
from leads.lead_tasks.writing import Outdated, Plan
from leads.merging.merging import merge, undo
from leads.models import Lead, LeadTask
from outbox.models import Notice

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 3, 10)


@pytest.fixture
def lead(make_lead: Callable[..., Lead]) -> Lead:
    return make_lead(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def task(lead: Lead, marketer: User, now: datetime) -> LeadTask:
    plan = Plan(text="Send the price list.", due_on=TUESDAY + timedelta(days=1), assignee=marketer)
    return writing.add(lead=lead, plan=plan, actor=marketer, now=now)


@pytest.fixture
def page(client: Client, marketer: User, now: datetime) -> Client:
    client.force_login(marketer)
    return client


def act(client: Client, task: LeadTask, action: str, **more: str) -> str:
    """Presses the button and returns what the page says of it."""
    address = reverse("leads:task_act", args=[task.lead.public_id, task.pk, action])
    answer = client.post(address, more)
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


def kinds(lead: Lead) -> list[str]:
    return list(lead.events.filter(kind__startswith="lead.task").order_by("pk").values_list("kind", flat=True))


class TestTheForm:
    def test_it_keeps_what_is_to_be_done(self, page: Client, lead: Lead, manager: User) -> None:
        address = reverse("leads:task_new", args=[lead.public_id])
        assert page.get(address).status_code == 200
        answer = page.post(address, {"text": "Call back.", "due_on": "2026-03-12", "assignee": manager.pk})
        assert answer.status_code == 302
        task = LeadTask.objects.get()
        assert (task.text, task.due_on, task.assignee) == ("Call back.", date(2026, 3, 12), manager)
        text = page.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert "Call back." in text
        assert "Mila Manager" in text
        assert kinds(lead) == ["lead.task_added"]

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("text", "  ", "Say what is to be done."),
            ("text", "x" * 501, "Say it in at most 500 characters."),
            ("due_on", "", "Say by which day."),
            ("due_on", "32.13.2026", "Write the day like 2026-03-10."),
            ("assignee", "0", "This person does not see the lead."),
            ("assignee", "nobody", "This person does not see the lead."),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, page: Client, lead: Lead, marketer: User, field: str, value: str, said: str
    ) -> None:
        typed = {"text": "Call back.", "due_on": "2026-03-12", "assignee": str(marketer.pk)}
        answer = page.post(reverse("leads:task_new", args=[lead.public_id]), typed | {field: value})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert ("2026-03-12" if field == "text" else "Call back.") in answer.content.decode()
        assert not LeadTask.objects.exists()

    def test_a_rep_of_other_leads_is_not_offered(self, page: Client, lead: Lead, rep: User, manager: User) -> None:
        text = page.get(reverse("leads:task_new", args=[lead.public_id])).content.decode()
        assert "Mila Manager" in text
        assert "Ana Rep" not in text
        Lead.objects.filter(pk=lead.pk).update(owner=rep)
        assert "Ana Rep" in page.get(reverse("leads:task_new", args=[lead.public_id])).content.decode()

    def test_two_at_once_lose_nothing(self, page: Client, task: LeadTask, marketer: User, manager: User) -> None:
        address = reverse("leads:task_edit", args=[task.lead.public_id, task.pk])
        assert 'value="Send the price list."' in page.get(address).content.decode()
        plan = Plan(text="Send the offer.", due_on=task.due_on, assignee=manager)
        writing.change(task_id=task.pk, plan=plan, version=1, actor=manager, now=task.created_at)
        mine = {"text": "Send both.", "due_on": "2026-03-13", "assignee": marketer.pk, "version": "1"}
        answer = page.post(address, mine)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Somebody changed this task meanwhile." in text
        assert "It says now: “Send the offer.”" in text
        assert 'value="Send both."' in text
        assert 'value="2026-03-13"' in text
        task.refresh_from_db()
        assert task.text == "Send the offer."
        assert page.post(address, mine | {"version": str(answer.context["form"]["version"].value())}).status_code == 302
        task.refresh_from_db()
        assert task.text == "Send both."

    def test_without_a_version_nothing_is_overwritten(self, page: Client, task: LeadTask, marketer: User) -> None:
        address = reverse("leads:task_edit", args=[task.lead.public_id, task.pk])
        said = {"text": "Other.", "due_on": "2026-03-13", "assignee": marketer.pk}
        for version in ("", "x", "-1", "99999999999"):
            assert page.post(address, said | {"version": version}).status_code == 422


class TestOnePress:
    def test_done_and_open_again(self, page: Client, task: LeadTask, marketer: User) -> None:
        assert act(page, task, "done") == "The task is done."
        assert act(page, task, "done") == "The task was done already."
        task.refresh_from_db()
        assert task.done_by == marketer
        assert "Open again" in page.get(reverse("leads:detail", args=[task.lead.public_id])).content.decode()
        assert act(page, task, "reopen") == "The task is open again."
        task.refresh_from_db()
        assert task.done_at is None
        assert kinds(task.lead) == ["lead.task_added", "lead.task_done", "lead.task_reopened"]

    def test_deleted_and_put_back(self, page: Client, task: LeadTask, marketer: User) -> None:
        assert "deleted" in act(page, task, "delete")
        assert not open_tasks(marketer).exists()
        assert act(page, task, "delete") == "The task was deleted already."
        assert "Put back" in page.get(reverse("leads:detail", args=[task.lead.public_id])).content.decode()
        assert act(page, task, "put-back") == "The task is there again."
        assert open_tasks(marketer).get() == task

    def test_what_was_deleted_long_ago_is_not_offered(self, page: Client, task: LeadTask, marketer: User) -> None:
        writing.remove(task_id=task.pk, actor=marketer, now=task.created_at - timedelta(days=2))
        assert "Put back" not in page.get(reverse("leads:detail", args=[task.lead.public_id])).content.decode()

    def test_put_off(self, page: Client, task: LeadTask, now: datetime) -> None:
        with time_machine.travel(now, tick=False):
            page.force_login(task.assignee)
            for until, day in (("week", 17), ("tomorrow", 11)):
                address = reverse("leads:task_put_off", args=[task.lead.public_id, task.pk, until])
                answer = page.post(address, {"from": "list"})
                assert answer["Location"] == reverse("tasks:list")
                task.refresh_from_db()
                assert task.due_on == date(2026, 3, day)

    def test_nothing_else(self, page: Client, task: LeadTask) -> None:
        about = [task.lead.public_id, task.pk]
        assert page.post(reverse("leads:task_act", args=[*about, "burn"])).status_code == 404
        assert page.post(reverse("leads:task_put_off", args=[*about, "never"])).status_code == 404
        assert page.get(reverse("leads:task_act", args=[*about, "done"])).status_code == 405


class TestWhoMay:
    def test_a_rep_has_the_tasks_of_their_own_leads(self, client: Client, task: LeadTask, rep: User) -> None:
        client.force_login(rep)
        address = reverse("leads:task_act", args=[task.lead.public_id, task.pk, "done"])
        assert client.post(address).status_code == 404
        Lead.objects.filter(pk=task.lead_id).update(owner=rep)
        assert client.post(address).status_code == 302

    def test_a_task_is_found_under_its_own_lead_only(
        self, page: Client, task: LeadTask, make_lead: Callable[..., Lead]
    ) -> None:
        other = make_lead(email="other@example.com")
        assert page.get(reverse("leads:task_edit", args=[other.public_id, task.pk])).status_code == 404
        assert page.post(reverse("leads:task_act", args=[other.public_id, task.pk, "done"])).status_code == 404

    def test_who_has_not_the_lead_any_more_has_not_the_task(self, client: Client, task: LeadTask, rep: User) -> None:
        LeadTask.objects.filter(pk=task.pk).update(assignee=rep)
        assert not open_tasks(rep).exists()
        Lead.objects.filter(pk=task.lead_id).update(owner=rep)
        assert open_tasks(rep).get() == task


class TestTheList:
    def test_it_has_ones_own_the_first_due_first(
        self, page: Client, lead: Lead, marketer: User, manager: User, now: datetime
    ) -> None:
        for text, days, whose in (
            ("Later", 5, marketer),
            ("Late", -1, marketer),
            ("Now", 0, marketer),
            ("No", 0, manager),
        ):
            plan = Plan(text=f"{text}.", due_on=TUESDAY + timedelta(days=days), assignee=whose)
            writing.add(lead=lead, plan=plan, actor=marketer, now=now)
        with time_machine.travel(now, tick=False):
            page.force_login(marketer)
            text = page.get(reverse("tasks:list")).content.decode()
            assert text.index("Late.") < text.index("Now.") < text.index("Later.")
            assert "No." not in text
            assert text.count("overdue since") == 1
            assert text.count("due today") == 1
            assert page.get(reverse("tasks:count")).content == b"2"

    def test_nothing_says_how_one_is_made(self, page: Client) -> None:
        text = page.get(reverse("tasks:list")).content.decode()
        assert "A task is written on the page of a lead" in text
        assert page.get(reverse("tasks:count")).content == b""

    def test_today_is_the_persons_own(self, task: LeadTask, marketer: User) -> None:
        LeadTask.objects.update(due_on=TUESDAY)
        with time_machine.travel("2026-03-09 23:30Z", tick=False):
            assert count_due(marketer) == 0


class TestMerging:
    def test_tasks_come_together_and_go_back(
        self, task: LeadTask, make_lead: Callable[..., Lead], marketer: User, now: datetime
    ) -> None:
        agent, older = Agent(user=marketer), make_lead(email="ada@old.example", now=now - timedelta(days=9))
        before = task.lead_id
        merged = merge(lead_ids=(older.pk, before), agent=agent, now=now)
        task.refresh_from_db()
        assert task.lead_id == merged.survivor_id == older.pk
        undo(merge_id=merged.pk, agent=agent, now=now)
        task.refresh_from_db()
        assert task.lead_id == before


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("change", "guard"), [("text = ''", "task_says_what"), ("done_at = now()", "task_done_by_somebody")]
    )
    def test_it_refuses(self, task: LeadTask, change: str, guard: str) -> None:
        with pytest.raises(DatabaseError, match=guard), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE leads_leadtask SET {change}")  # noqa: S608 (a text of this test)


def test_the_domain_refuses_what_is_outdated(task: LeadTask, marketer: User, now: datetime) -> None:
    plan = Plan(text="Other.", due_on=TUESDAY, assignee=marketer)
    assert writing.change(task_id=task.pk, plan=plan, version=1, actor=marketer, now=now)
    assert not writing.change(task_id=task.pk, plan=plan, version=2, actor=marketer, now=now)
    with pytest.raises(Outdated):
        writing.change(task_id=task.pk, plan=plan, version=1, actor=marketer, now=now)
    assert not Notice.objects.exists()
