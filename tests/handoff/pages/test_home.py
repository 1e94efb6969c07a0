"""What the home page says of handing over, to each who has to do with it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Reason, SlaPolicy
from handoff.routing.absences import be_out
from leads.events import SYSTEM
from scoring.engine.definition import in_force
from scoring.models import Score
from tests.conftest import be_out as absent
from tests.handoff.conftest import RECEIPT, MakeHandoff, MakeLead

pytestmark = pytest.mark.django_db


def section(client: Client, person: User, at: datetime) -> Any:
    client.force_login(person)
    with time_machine.travel(at, tick=False):
        [only] = client.get("/").context["sections"]
    return only


def needs(client: Client, person: User, at: datetime) -> list[tuple[str, str]]:
    return [(need.text, need.meaning) for need in section(client, person, at).needs]


def figures(client: Client, person: User, at: datetime) -> dict[str, tuple[str, str]]:
    return {figure.label: (figure.value, figure.note) for figure in section(client, person, at).figures}


class TestRep:
    def test_what_waits_and_when_it_is_due(
        self, client: Client, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_waiting()
        make_waiting(assignee=other_rep)
        assert needs(client, rep, now) == [("1 lead waits for your answer, the first due tomorrow 09:00.", "soon")]
        [(_words, meaning)] = needs(client, rep, now + timedelta(hours=25))
        assert meaning == "late"

    def test_an_accepted_lead_without_a_first_contact(
        self, client: Client, make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        make_accepted()
        [(words, _meaning)] = needs(client, rep, now)
        assert words == "You accepted 1 lead and have not noted a first contact yet."

    def test_their_own_answers_and_not_those_of_others(
        self,
        client: Client,
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        hour = timedelta(hours=1)
        transitions.accept(handoff_id=make_waiting().pk, actor=rep, now=now + hour)
        transitions.reject(
            handoff_id=make_waiting().pk, actor=rep, reason=reason("not_icp"), text="", now=now + 3 * hour
        )
        transitions.accept(handoff_id=make_waiting(assignee=other_rep).pk, actor=other_rep, now=now + 9 * hour)
        told = figures(client, rep, now + 10 * hour)
        assert told["Answered after"] == ("2 h", "")
        assert told["Accepted"] == ("50.0%", "")
        assert told["With you"] == ("1", "")


class TestManager:
    def test_overdue_answers(self, client: Client, make_waiting: MakeHandoff, manager: User, now: datetime) -> None:
        make_waiting()
        assert needs(client, manager, now) == []
        assert needs(client, manager, now + timedelta(hours=25)) == [("1 answer is overdue.", "late")]

    def test_load_and_who_is_out(
        self, client: Client, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        make_waiting()
        absent(rep, since=now - timedelta(hours=1), until=now + timedelta(days=1))
        be_out(rep=other_rep.rep, starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=3), now=now)
        told = figures(client, manager, now)
        assert told["With the team"] == ("1", "3% of what reps can take at a time")
        value, note = told["Reps who are in"]
        assert value == "1"
        assert note.startswith("Ana Rep is out until 11 Mar")
        assert "Otto Rep is out from 12 Mar" in note


class TestMarketing:
    def test_what_is_to_be_checked(self, client: Client, make_lead: MakeLead, marketer: User, now: datetime) -> None:
        criteria = in_force()
        assert criteria
        lead = make_lead()
        transitions.open_handoff(
            lead=lead, score=Score(lead=lead, criteria=criteria, total=35, is_fast_track=False),
            receipt=RECEIPT,
            policy=SlaPolicy.objects.get(), agent=SYSTEM, now=now, pass_by=now + timedelta(hours=2), for_review=True,
        )  # fmt: skip
        assert ("1 lead is to be checked before sales gets it.", "soon") in needs(client, marketer, now)
        assert ("1 lead is to be checked before sales gets it.", "late") in needs(
            client, marketer, now + timedelta(hours=3)
        )

    def test_what_sales_sent_back_with_the_reason(
        self,
        client: Client,
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        marketer: User,
        now: datetime,
    ) -> None:
        handoff = make_waiting(first_name="Ada", last_name="Lovelace")
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), text="", now=now)
        [story] = section(client, marketer, now).lately
        assert story.text.startswith("Ana Rep sent Ada Lovelace back: ")
        assert str(handoff.public_id) in story.url
        assert section(client, marketer, now + timedelta(days=15)).lately == []
