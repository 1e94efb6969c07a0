"""Many leads at once: chosen, told about in counts, changed, and changed back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.models import Handoff
from leads.bulk import changing
from leads.bulk.foretelling import foretell
from leads.correcting.leads import correct
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import BulkChange, Lead, LeadEvent
from leads.models.bulk_change import Doing
from leads.views.bulk import QUERIES, QUERIES_KEPT
from tests.handoff.promoting import drain_and_promote
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
ALONE: dict[str, Any] = {"do_not_contact": True}


@pytest.fixture
def leads(make_lead: MakeLead) -> list[Lead]:
    return [make_lead(last_name=f"L{number}", country="DE" if number else "PT") for number in range(3)]


def left_alone() -> int:
    return Lead.objects.filter(do_not_contact=True).count()


def choose(client: Client, doing: str, **said: Any) -> Any:
    return client.post(reverse("leads:bulk_choose"), {"doing": doing, **said}, follow=True)


class TestChoosing:
    def test_rows_that_are_ticked(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        answer = choose(client, "leave_alone", lead=[str(leads[0].public_id), str(leads[2].public_id), "nonsense"])
        assert "Nobody contacts 2 leads any more" in answer.content.decode()
        assert BulkChange.objects.get().lead_ids == sorted([leads[0].pk, leads[2].pk])
        assert left_alone() == 0

    def test_all_that_match(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        choose(client, "leave_alone", all="1", query="country=DE&page=7")
        assert BulkChange.objects.get().total == 2

    def test_only_what_one_sees(self, client: Client, rep: User, other_rep: User, leads: list[Lead]) -> None:
        Lead.objects.filter(pk=leads[0].pk).update(owner=rep)
        client.force_login(rep)
        choose(client, "leave_alone", all="1", query="")
        choose(client, "leave_alone", lead=[str(lead.public_id) for lead in leads])
        assert [one.lead_ids for one in BulkChange.objects.all()] == [[leads[0].pk]] * 2
        client.force_login(other_rep)
        assert client.get(reverse("leads:bulk", args=[BulkChange.objects.all()[0].public_id])).status_code == 404

    def test_more_than_can_be_chosen_is_said(
        self, client: Client, marketer: User, leads: list[Lead], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(changing, "MOST", 2)
        client.force_login(marketer)
        assert "At most 2 leads" in choose(client, "leave_alone", all="1").content.decode()
        assert not BulkChange.objects.exists()

    def test_nothing_chosen_and_nothing_to_do(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        assert "Choose leads first" in choose(client, "leave_alone", query="country=DE").content.decode()
        for doing in ("", "erase", "nonsense"):
            assert "Say what is to be done" in choose(client, doing, all="1").content.decode()

    def test_the_list_offers_what_one_may_do(
        self, client: Client, marketer: User, manager: User, administrator: User, rep: User, leads: list[Lead]
    ) -> None:
        Lead.objects.update(owner=rep)
        for person, there, missing in (
            (rep, "export", "erase"), (marketer, "leave_alone", "reassign"), (manager, "reassign", "erase"),
            (administrator, "erase", "reassign"),
        ):  # fmt: skip
            client.force_login(person)
            doings = dict(client.get("/leads/").context["doings"])
            assert there in doings
            assert missing not in doings


class TestDoing:
    def test_few_are_done_at_once_and_taken_back(
        self, client: Client, marketer: User, leads: list[Lead], now: datetime
    ) -> None:
        correct(lead_id=leads[0].pk, values=ALONE, agent=Agent(user=marketer), now=now)
        client.force_login(marketer)
        asked = choose(client, "leave_alone", all="1")
        assert "1 lead is so already and stays as it is." in asked.content.decode()
        change = BulkChange.objects.get()
        done = client.post(reverse("leads:bulk_do", args=[change.public_id]), {"doing": "leave_alone"}, follow=True)
        assert "2 leads were changed." in done.content.decode()
        assert "1 lead stayed as it was." in done.content.decode()
        assert left_alone() == 3
        back = client.post(reverse("leads:bulk_undo", args=[change.public_id]), follow=True)
        assert "2 leads are as before again" in back.content.decode()
        assert list(Lead.objects.filter(do_not_contact=True)) == [leads[0]]
        assert "Take all of it back" not in back.content.decode()

    def test_it_leads_back_to_the_list_one_came_from(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        back = 'href="/leads/?country=DE&amp;sort=name"'
        assert back in choose(client, "leave_alone", all="1", query="country=DE&sort=name").content.decode()
        first = BulkChange.objects.get()
        choose(client, "leave_alone", all="1", query="country=PT")
        done = client.post(reverse("leads:bulk_do", args=[first.public_id]), {"doing": "leave_alone"}, follow=True)
        assert done.content.decode().count(back) == 2  # above, and beside what came of it
        for _time in range(QUERIES_KEPT):
            choose(client, "leave_alone", all="1", query="country=PT")
        assert len(client.session[QUERIES]) == QUERIES_KEPT
        assert 'href="/leads/"' in client.get(reverse("leads:bulk", args=[first.public_id])).content.decode()

    def test_asked_for_twice_it_is_done_once(self, marketer: User, leads: list[Lead], now: datetime) -> None:
        change = changing.choose([lead.pk for lead in leads], actor=marketer, now=now)
        for _time in range(2):
            changing.ask(change, doing=Doing.LEAVE_ALONE, values=ALONE, clock=lambda: now)
        changing.ask(change, doing=Doing.CONTACT, values={"do_not_contact": False}, clock=lambda: now)
        assert left_alone() == 3
        assert LeadEvent.objects.filter(kind="lead.changed").count() == 3
        for _time in range(2):
            changing.ask_undo(change, clock=lambda: now)
        assert (left_alone(), BulkChange.objects.get().restored) == (0, 3)

    def test_many_are_done_by_a_worker_who_says_how_far_it_is(
        self, client: Client, marketer: User, leads: list[Lead], now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(changing, "AT_ONCE", 2)
        monkeypatch.setattr(changing, "CHUNK", 2)
        change = changing.choose([lead.pk for lead in leads], actor=marketer, now=now)
        changing.ask(change, doing=Doing.LEAVE_ALONE, values=ALONE, clock=lambda: now)
        assert left_alone() == 0
        client.force_login(marketer)
        page = client.get(reverse("leads:bulk", args=[change.public_id])).content.decode()
        assert "0 of 3" in page
        ticks = iter([0.0, 2.0])
        monkeypatch.setattr(changing, "monotonic", lambda: next(ticks))
        assert changing.go_on(clock=lambda: now, until=1.0)
        assert left_alone() == 2
        monkeypatch.setattr(changing, "monotonic", lambda: 0.0)
        assert not changing.go_on(clock=lambda: now, until=1.0)
        assert left_alone() == 3
        assert "3 leads were changed." in client.get(reverse("leads:bulk", args=[change.public_id])).content.decode()

    def test_what_somebody_changed_since_stays(self, marketer: User, leads: list[Lead], now: datetime) -> None:
        field = make_field("text", "Hobby")
        name = field.path
        change = changing.choose([lead.pk for lead in leads], actor=marketer, now=now)
        changing.ask(change, doing=Doing.SET_FIELD, values={name: "Chess"}, clock=lambda: now)
        correct(lead_id=leads[1].pk, values={name: "Go"}, agent=Agent(user=marketer), now=now)
        changing.ask_undo(change, clock=lambda: now)
        assert [lead.custom for lead in Lead.objects.order_by("pk")] == [{}, {"hobby": "Go"}, {}]
        assert BulkChange.objects.get().restored == 2

    def test_a_lead_that_is_not_seen_any_more_is_left(self, rep: User, leads: list[Lead], now: datetime) -> None:
        Lead.objects.update(owner=rep)
        change = changing.choose([lead.pk for lead in leads], actor=rep, now=now)
        Lead.objects.filter(pk=leads[0].pk).update(owner=None)
        changing.ask(change, doing=Doing.LEAVE_ALONE, values=ALONE, clock=lambda: now)
        change.refresh_from_db()
        assert (change.changed, change.left) == (2, 1)
        told = foretell(change, Doing.LEAVE_ALONE, ALONE)
        assert told.changes == 0
        assert any("not yours to see" in sentence for sentence in told.sentences)


class TestField:
    def test_field_value_and_what_it_changes_are_asked_in_turn(
        self, client: Client, marketer: User, make_lead: MakeLead
    ) -> None:
        make_field("number", "Visits")
        for visits in ({"visits": 9}, {"visits": 5}, {}):
            make_lead(custom=visits)
        client.force_login(marketer)
        first = choose(client, "set_field", all="1")
        assert "Which field" in first.content.decode()
        change = BulkChange.objects.get()
        page, do = (reverse(name, args=[change.public_id]) for name in ("leads:bulk", "leads:bulk_do"))
        assert "See what it changes" in client.get(page, {"doing": "set_field", "field": "visits"}).content.decode()
        said = {"doing": "set_field", "field": "visits", "value": "many"}
        wrong = client.post(do, said)
        assert wrong.status_code == 422
        assert "has to be a number" in wrong.content.decode()
        assert 'value="many"' in wrong.content.decode()
        told = client.post(do, said | {"value": "9"}).content.decode()
        assert "2 leads get the value." in told
        assert "1 of them has another value" in told
        assert Lead.objects.filter(custom__visits=9).count() == 1
        client.post(do, said | {"value": "9", "is_confirmed": "on"})
        assert Lead.objects.filter(custom__visits=9).count() == 3

    def test_a_field_one_may_not_see_cannot_be_set(self, client: Client, rep: User, leads: list[Lead]) -> None:
        make_field("text", "Age", is_sensitive=True)
        make_field("text", "Hobby")
        Lead.objects.update(owner=rep)
        client.force_login(rep)
        choose(client, "set_field", all="1")
        do = reverse("leads:bulk_do", args=[BulkChange.objects.get().public_id])
        client.post(do, {"doing": "set_field", "field": "age", "value": "9", "is_confirmed": "on"})
        assert not Lead.objects.exclude(custom={}).exists()


class TestErasing:
    def test_it_needs_an_administrator_a_reason_and_the_number(
        self, client: Client, administrator: User, marketer: User, leads: list[Lead]
    ) -> None:
        client.force_login(administrator)
        assert "It cannot be undone." in choose(client, "erase", all="1").content.decode()
        do = reverse("leads:bulk_do", args=[BulkChange.objects.get().public_id])
        wrong = client.post(do, {"doing": "erase", "reason": "asked", "typed": "2"})
        assert wrong.status_code == 422
        assert "These are 3 leads." in wrong.content.decode()
        done = client.post(do, {"doing": "erase", "reason": "asked", "typed": "3"}, follow=True)
        assert "3 leads were changed." in done.content.decode()
        assert "Take all of it back" not in done.content.decode()
        assert Lead.objects.filter(erased_at=None).count() == 0
        client.force_login(marketer)
        change = changing.choose([leads[0].pk], actor=marketer, now=leads[0].created_at)
        do = reverse("leads:bulk_do", args=[change.public_id])
        assert client.post(do, {"doing": "erase", "reason": "asked", "typed": "1"}).status_code == 403


class TestElsewhere:
    def test_leads_that_sales_has_are_given_away_on_its_page(
        self, client: Client, manager: User, rep: User, make_lead: MakeLead, now: datetime
    ) -> None:
        founder = LeadInput(email="ada@example.com", job_title="Founder", company="A", employees=99)
        looked = ActivityInput(message_id="1", type="page_view", page="/pricing", lead=founder, occurred_at=now)
        take_activities([looked], agent=Agent(name="test"), source="test", now=now)
        drain_and_promote(now=now)
        make_lead(last_name="Free")
        client.force_login(manager)
        answer = choose(client, "reassign", all="1")
        assert answer.context["handoffs"] == [Handoff.objects.get(assignee=rep)]
        assert "with nobody in sales" in answer.content.decode()

    def test_what_was_chosen_is_exported(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        page = choose(client, "export", lead=[str(leads[1].public_id)])
        query = page.context["chosen_query"]
        file = client.post(f"{reverse('exports:export', args=['leads'])}?{query}", {"format": "csv"})
        lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        assert len(lines) == 2
        assert "L1" in lines[1]
        assert [part.text for part in client.get(f"/leads/?{query}").context["chips"]] == ["that you chose"]


class TestKept:
    def test_an_idle_choice_a_day_and_what_was_done_thirty(
        self, marketer: User, leads: list[Lead], now: datetime
    ) -> None:
        idle, done = (changing.choose([leads[0].pk], actor=marketer, now=now) for _number in range(2))
        changing.ask(done, doing=Doing.LEAVE_ALONE, values=ALONE, clock=lambda: now)
        assert changing.let_go(now=now + timedelta(hours=23)) == 0
        changing.let_go(now=now + timedelta(days=2))
        assert not BulkChange.objects.filter(pk=idle.pk).exists()
        assert changing.let_go(now=now + timedelta(days=29)) == 0
        assert changing.let_go(now=now + timedelta(days=31)) == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"doing": "leave_alone"}, {"doing": "dance", "asked": True}, {"changed": 1}, {"restored": 1},
            {"undo_asked": True},
        ],
    )  # fmt: skip
    def test_the_database_refuses_what_cannot_be(self, marketer: User, now: datetime, wrong: dict[str, Any]) -> None:
        moments = {f"{name}_at": now for name in ("asked", "undo_asked") if wrong.pop(name, False)}
        with pytest.raises(IntegrityError), transaction.atomic():
            BulkChange.objects.create(actor=marketer, chosen_at=now, lead_ids=[1], **wrong, **moments)

    def test_time_is_not_spent_where_nothing_is_owed(self, now: datetime) -> None:
        assert not changing.go_on(clock=lambda: now, until=monotonic() + 60)
