"""Leads chosen in the list are given to somebody else, by a worker when they are many, and taken back at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import MARKETING
from handoff.lifecycle import passing, transitions
from handoff.models import Handoff, Reason
from leads.bulk import changing
from leads.events import Agent
from leads.models import BulkChange, Lead, LeadEvent
from outbox.models import Notice
from tests.handoff.conftest import MakeHandoff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_time(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def three(make_waiting: MakeHandoff, make_lead: Callable[..., Lead], rep: User) -> list[Handoff]:
    """Three of Ana Rep's, and a lead that nobody in sales has."""
    make_lead(last_name="Free")
    return [make_waiting(assignee=rep, last_name=f"L{number}") for number in range(3)]


def choose(client: Client, **query: str) -> BulkChange:
    client.post(reverse("leads:bulk_choose"), {"doing": "reassign", "all": "1", **query})
    return BulkChange.objects.latest("pk")


def give(client: Client, change: BulkChange, to: User, **sent: str) -> Any:
    address = reverse("handoff:give_many", args=[change.public_id])
    return client.post(address, {"to": str(to.pk), "text": "Ana is ill.", **sent}, follow=True)


def holders() -> list[str]:
    return [str(one.assignee) for one in Handoff.objects.select_related("assignee").order_by("pk")]


class TestGiving:
    def test_it_says_what_it_means_is_done_and_taken_back(
        self, client: Client, manager: User, rep: User, other_rep: User, three: list[Handoff]
    ) -> None:
        client.force_login(manager)
        change = choose(client)
        address = reverse("handoff:give_many", args=[change.public_id])
        assert "Give 3 leads to somebody else" in client.get(address).content.decode()
        meaning = give(client, change, other_rep).content.decode()
        assert "3 leads wait for an answer" in meaning
        assert "3 leads are with Ana Rep already." in give(client, change, rep).content.decode()
        assert "Ana is ill." in meaning
        assert holders() == ["Ana Rep"] * 3
        done = give(client, change, other_rep, confirmed="on").content.decode()
        assert "3 leads were changed." in done
        assert "1 lead stayed as it was." in done
        assert holders() == ["Otto Rep"] * 3
        assert LeadEvent.objects.filter(kind="handoff.reassigned", text="Ana is ill.", actor=manager).count() == 3
        assert Notice.objects.filter(recipient=other_rep).count() == 3
        back = client.post(reverse("leads:bulk_undo", args=[change.public_id]), follow=True).content.decode()
        assert "3 leads are as before again" in back
        assert holders() == ["Ana Rep"] * 3
        assert client.get(address, follow=True).redirect_chain[-1][0] == reverse("leads:bulk", args=[change.public_id])

    def test_nothing_chosen_and_somebody_who_is_not_offered(
        self, client: Client, manager: User, marketer: User, three: list[Handoff]
    ) -> None:
        client.force_login(manager)
        change = choose(client)
        answer = client.post(reverse("handoff:give_many", args=[change.public_id]), {"text": "Typed."})
        assert answer.status_code == 422
        assert "Choose who gets them." in answer.content.decode()
        assert "Typed." in answer.content.decode()
        assert give(client, change, marketer, confirmed="on").status_code == 422

    def test_one_lead_is_given_away_on_its_usual_page(
        self, client: Client, manager: User, three: list[Handoff]
    ) -> None:
        client.force_login(manager)
        only = {"doing": "reassign", "lead": str(three[0].lead.public_id)}
        assert client.post(reverse("leads:bulk_choose"), only).headers["Location"].startswith("/queue/reassign/?")

    def test_a_worker_does_many_one_after_the_other(
        self, client: Client, manager: User, other_rep: User, three: list[Handoff], now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(changing, "AT_ONCE", 2)
        client.force_login(manager)
        change = choose(client)
        assert "0 of 4" in give(client, change, other_rep, confirmed="on").content.decode()
        assert holders() == ["Ana Rep"] * 3
        ticks = iter([0.0, 0.0, 0.0, 9.0])
        monkeypatch.setattr(changing, "monotonic", lambda: next(ticks))
        assert changing.go_on(clock=lambda: now, until=1.0)
        assert holders().count("Otto Rep") == 2
        monkeypatch.setattr(changing, "monotonic", lambda: 0.0)
        assert not changing.go_on(clock=lambda: now, until=1.0)
        assert holders() == ["Otto Rep"] * 3


class TestMeanwhile:
    def test_what_somebody_moved_or_decided_since_it_was_chosen_stays(
        self, client: Client, manager: User, rep: User, other_rep: User, three: list[Handoff], now: datetime,
        reason: Callable[[str], Reason],
    ) -> None:  # fmt: skip
        client.force_login(manager)
        change = choose(client)
        first, second, _third = three
        passing.reassign(handoff_id=first.pk, assignee=manager, agent=Agent(user=manager), now=now)
        transitions.reject(handoff_id=second.pk, actor=rep, reason=reason("not_icp"), now=now)
        give(client, change, other_rep, confirmed="on")
        change.refresh_from_db()
        assert (change.changed, change.left) == (1, 3)
        assert holders() == ["Mila Manager", "Ana Rep", "Otto Rep"]

    def test_taking_back_leaves_what_somebody_moved_and_whoever_left(
        self, client: Client, manager: User, rep: User, other_rep: User, three: list[Handoff], now: datetime
    ) -> None:
        client.force_login(manager)
        change = choose(client)
        give(client, change, other_rep, confirmed="on")
        passing.reassign(handoff_id=three[0].pk, assignee=manager, agent=Agent(user=manager), now=now)
        passing.reassign(handoff_id=three[0].pk, assignee=other_rep, agent=Agent(user=manager), now=now)
        User.objects.filter(pk=rep.pk).update(is_active=False)
        changing.ask_undo(change, clock=lambda: now + timedelta(minutes=1))
        change.refresh_from_db()
        assert (change.restored, change.undone_at is not None) == (0, True)
        User.objects.filter(pk=rep.pk).update(is_active=True)
        BulkChange.objects.update(undo_asked_at=None, undone=0, undone_at=None)
        changing.ask_undo(change, clock=lambda: now + timedelta(minutes=2))
        assert holders() == ["Otto Rep", "Ana Rep", "Ana Rep"]

    def test_who_is_no_manager_any_more_moves_nothing(
        self, client: Client, manager: User, other_rep: User, three: list[Handoff], now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(changing, "AT_ONCE", 2)
        client.force_login(manager)
        change = choose(client)
        give(client, change, other_rep, confirmed="on")
        User.objects.filter(pk=manager.pk).update(roles=[MARKETING])
        changing.go_on(clock=lambda: now, until=monotonic() + 20)
        change.refresh_from_db()
        assert (change.done, change.changed) == (4, 0)
        assert holders() == ["Ana Rep"] * 3
