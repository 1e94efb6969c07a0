"""A manager takes a returned lead back from nurture; what was before stays counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.deadlines.sla import breach_overdue
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads import outcomes
from leads.events import Agent
from tests.handoff.conftest import MakeHandoff

pytestmark = pytest.mark.usefixtures("ten_minutes_later")


@pytest.fixture
def breached(make_waiting: MakeHandoff, now: datetime) -> Handoff:
    handoff = make_waiting(at=now - timedelta(days=2))
    assert breach_overdue(now=now) == 1
    handoff.refresh_from_db()
    return handoff


def address(handoff: Handoff) -> str:
    return reverse("handoff:take_back", args=[handoff.public_id])


class TestTakeBack:
    def test_it_goes_to_the_rep_who_was_chosen(
        self, client: Client, manager: User, other_rep: User, breached: Handoff
    ) -> None:
        client.force_login(manager)
        assert b"Otto Rep" in client.get(address(breached)).content
        answer = client.post(address(breached), {"to": other_rep.pk, "text": "They called me."})
        handoff = Handoff.objects.get(follows=breached)
        assert answer["Location"] == reverse("handoff:detail", args=[handoff.public_id])
        assert (handoff.state, handoff.assignee, handoff.origin) == ("waiting", other_rep, "taken_back")
        breached.refresh_from_db()
        assert breached.state == "breached"
        lead = handoff.lead
        assert (lead.status, lead.stage, lead.mql_count) == ("awaiting_sales", "mql", 1)
        event = lead.events.get(kind="handoff.taken_back")
        assert (event.actor, event.text) == (manager, "They called me.")

    def test_a_rejected_one(
        self, client: Client, manager: User, rep: User, make_waiting: MakeHandoff, reason: Callable[[str], Reason],
        now: datetime,
    ) -> None:  # fmt: skip
        handoff = make_waiting()
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), now=now)
        client.force_login(manager)
        assert client.post(address(handoff), {"to": rep.pk}).status_code == 302
        assert Handoff.objects.get(follows=handoff).assignee == rep

    def test_nobody_chosen(self, client: Client, manager: User, rep: User, breached: Handoff) -> None:
        client.force_login(manager)
        answer = client.post(address(breached), {"text": "Please"})
        assert answer.status_code == 422
        assert b"Choose who gets the lead." in answer.content
        assert b"Please" in answer.content

    def test_second_of_two_managers_is_told(self, client: Client, manager: User, rep: User, breached: Handoff) -> None:
        client.force_login(manager)
        client.post(address(breached), {"to": rep.pk})
        answer = client.post(address(breached), {"to": rep.pk})
        assert answer.status_code == 409
        assert b"has gone on since" in answer.content
        assert client.get(address(breached)).status_code == 302

    def test_only_of_what_was_returned(self, client: Client, manager: User, make_waiting: MakeHandoff) -> None:
        client.force_login(manager)
        handoff = make_waiting()
        assert client.get(address(handoff)).status_code == 302
        assert client.post(address(handoff), {"to": handoff.assignee_id}).status_code == 409


class TestButton:
    @pytest.mark.parametrize(("who", "sees"), [("manager", True), ("marketer", False), ("rep", False)])
    def test_managers_see_it_on_what_was_returned(
        self, request: pytest.FixtureRequest, look: Callable[..., Any], breached: Handoff, who: str, *, sees: bool
    ) -> None:
        page = look(request.getfixturevalue(who), "detail", breached)
        assert (address(breached).encode() in page.content) is sees

    def test_not_once_the_lead_is_not_in_nurture(
        self, client: Client, look: Callable[..., Any], manager: User, breached: Handoff, now: datetime
    ) -> None:
        outcomes.lost(lead_id=breached.lead_id, agent=Agent(user=manager), at=now, now=now, text="They went elsewhere.")
        assert address(breached).encode() not in look(manager, "detail", breached).content
        assert client.get(address(breached)).status_code == 302

    def test_not_once_the_lead_has_gone_on(
        self, look: Callable[..., Any], manager: User, rep: User, breached: Handoff, now: datetime
    ) -> None:
        transitions.take_back(handoff_id=breached.pk, actor=manager, assignee=rep, now=now)
        assert address(breached).encode() not in look(manager, "detail", breached).content
