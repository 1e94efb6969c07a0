"""What a row of the queue tells beyond the lead: who may take it, who else is there, what was before, why it came."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff import contacts
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads.events import SYSTEM
from leads.models import Lead
from tests.handoff.browsing import DIALOG, LIST, address_of, said, state_of
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
QUEUE = "/queue/"
pytestmark = pytest.mark.usefixtures("ten_minutes_later")


@pytest.fixture
def read(client: Client) -> Callable[..., str]:
    """`read(rep)`: the queue as this person sees it."""

    def get(user: User, address: str = QUEUE) -> str:
        client.force_login(user)
        return client.get(address).content.decode()

    return get


@pytest.fixture
def make_shared(make_ready: MakeHandoff, rep: User, now: datetime) -> MakeHandoff:
    """Passed to `rep`, yet anybody's to take."""

    def make(**fields: Any) -> Handoff:
        handoff = make_ready(**fields)
        return transitions.pass_to_sales(
            handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=now, is_shared=True, because="a rule for all"
        )

    return make


class TestAnybodyMayTake:
    def test_it_stands_in_a_part_of_its_own_with_whom_it_is_and_why(
        self, read: Callable[..., str], make_shared: MakeHandoff, make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        make_shared(first_name="Free")
        make_waiting(first_name="Mine", assignee=other_rep)
        shown = read(other_rep)
        assert shown.index("Mine") < shown.index("Anybody may take these") < shown.index("Free")
        assert "Ana Rep" in shown
        assert "Why this rep has it: a rule for all" in shown
        assert "1 lead waits for your answer. The first is due tomorrow 09:00. Anybody may take 1 more." in shown
        assert "Anybody may take these" not in read(rep)
        assert "Why you have it: a rule for all" in read(rep)

    def test_who_came_second_reads_who_was_first_and_nothing_of_what_they_said(
        self, look: Callable[..., Any], make_shared: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        handoff = make_shared(first_name="Free", email="free@acme.example")
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=now)
        contacts.log(
            handoff_id=handoff.pk, way="call", outcome="talked", note="Quite sure of it", at=now, actor=rep, now=now
        )
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **ANSWERS)
        secrets = ["free@acme.example", "Quite sure of it", ANSWERS["budget"]]
        shown = look(rep, "detail", handoff).content.decode()
        assert [secret for secret in secrets if secret not in shown] == []
        shown = look(other_rep, "detail", handoff).content.decode()
        assert [secret for secret in secrets if secret in shown] == []
        assert "Ana Rep qualified it as an SQL" in shown
        assert "Somebody else has this lead" in shown

    def test_alone_it_does_not_look_like_nothing_to_do(
        self, read: Callable[..., str], make_shared: MakeHandoff, other_rep: User
    ) -> None:
        make_shared(first_name="Free")
        shown = read(other_rep)
        assert "No lead waits for you alone. Anybody may take 1 more." in shown
        assert "belongs to whoever accepts it first" in shown

    def test_others_may_accept_but_not_reject(
        self, read: Callable[..., str], make_shared: MakeHandoff, post: Callable[..., Any], other_rep: User
    ) -> None:
        handoff = make_shared()
        shown = read(other_rep)
        assert address_of("accept", handoff) in shown
        assert address_of("reject", handoff) not in shown
        assert post(other_rep, "reject", handoff).status_code == 403
        assert post(other_rep, "accept", handoff).status_code == 302
        handoff.refresh_from_db()
        assert (handoff.state, handoff.assignee, handoff.lead.owner) == ("accepted", other_rep, other_rep)

    def test_who_comes_second_reads_who_was_first_wherever_they_ask(
        self,
        *,
        post: Callable[..., Any],
        make_shared: MakeHandoff,
        client: Client,
        rep: User,
        other_rep: User,
    ) -> None:
        handoff = make_shared()
        post(rep, "accept", handoff)
        first = "Ana Rep accepted this lead on 10 March 2026, 09:10."
        response = post(other_rep, "accept", handoff, headers=LIST)
        assert (response.status_code, said(response)[-1]) == (409, first)
        assert response.headers["HX-Reswap"] == "none"
        assert first in post(other_rep, "accept", handoff).content.decode()
        answered = post(other_rep, "accept_and_qualify", handoff, headers=DIALOG, **ANSWERS)
        assert (answered.status_code, first in answered.content.decode()) == (409, True)
        assert ANSWERS["problem"] in answered.content.decode()
        client.force_login(other_rep)
        asked = client.get(address_of("accept_and_qualify", handoff), headers=DIALOG)
        assert (asked.status_code, first in asked.content.decode()) == (409, True)
        assert "Your answer came after that" not in asked.content.decode()

    def test_what_another_took_says_so_for_a_while_and_then_goes(
        self, read: Callable[..., str], make_shared: MakeHandoff, rep: User, other_rep: User, ten_minutes_later: Any
    ) -> None:
        handoff = make_shared(first_name="Free")
        assert handoff.passed_at is not None
        at = handoff.passed_at + timedelta(minutes=5)
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=at)
        shown = read(other_rep)
        assert "Ana Rep was first" in shown
        assert address_of("accept", handoff) not in shown
        assert "No lead waits for you." in shown
        ten_minutes_later.move_to(at + timedelta(minutes=11))
        assert "Free" not in read(other_rep)

    def test_address_and_number_are_shown_to_whoever_accepts(
        self,
        look: Callable[..., Any],
        make_shared: MakeHandoff,
        act: Callable[..., None],
        other_rep: User,
        now: datetime,
    ) -> None:
        handoff = make_shared(email="ada@example.com", job_title="CFO", phone="+351 123")
        act(handoff.lead, "download", at=now, asset="Guide")
        shown = look(other_rep, "detail", handoff).content.decode()
        assert "CFO" in shown
        assert "Guide" in shown
        assert "Anybody may take this lead" in shown
        assert "+351" not in shown
        assert "mailto:" not in shown


class TestColleagues:
    def test_a_rep_reads_the_names_of_their_own_leads_and_a_number_for_the_rest(
        self, read: Callable[..., str], make_waiting: MakeHandoff, make_lead: Callable[..., Lead], rep: User
    ) -> None:
        make_waiting(first_name="Ada", company="Acme")
        make_waiting(first_name="Bea", company="Acme", job_title="CFO")
        make_lead(first_name="Hidden", company="Acme")
        make_lead(first_name="Elsewhere", company="Other")
        shown = read(rep)
        assert "<bdi>Bea</bdi> (MQL), and 1 more there" in shown
        assert "<bdi>Ada</bdi> (MQL), and 1 more there" in shown
        assert "Hidden" not in shown
        assert "Elsewhere" not in shown

    def test_a_manager_reads_the_furthest_first(
        self, read: Callable[..., str], make_waiting: MakeHandoff, make_lead: Callable[..., Lead], manager: User
    ) -> None:
        make_waiting(first_name="Ada", company="Acme")
        for number in range(4):
            make_lead(first_name=f"New{number}", company="Acme")
        far = make_lead(first_name="Far", company="Acme")
        Lead.objects.filter(pk=far.pk).update(stage="opportunity", is_decision_maker=True)
        shown = read(manager)
        assert "<bdi>Far</bdi> (opportunity, decides), <bdi>New" in shown
        assert "and 3 more there" in shown

    def test_customers_and_what_other_reps_hold_are_a_warning(
        self,
        *,
        read: Callable[..., str],
        make_waiting: MakeHandoff,
        make_lead: Callable[..., Lead],
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        make_waiting(first_name="Ada", company="Acme")
        assert "warning" not in read(rep)
        make_waiting(first_name="Hidden", company="Acme", assignee=other_rep)
        bought = make_lead(company="Acme")
        Lead.objects.filter(pk=bought.pk).update(stage="customer", status="converted", customer_at=now)
        shown = read(rep)
        assert "Acme is a customer already." in shown
        assert "Another rep is in touch with somebody at Acme." in shown
        assert "Hidden" not in shown

    def test_who_cannot_or_must_not_be_reached_is_a_warning(
        self, read: Callable[..., str], make_waiting: MakeHandoff, rep: User
    ) -> None:
        lead = make_waiting(external_id="crm-1").lead
        Lead.objects.filter(pk=lead.pk).update(do_not_contact=True, email="", email_key=None, phone="")
        shown = read(rep)
        assert "They asked not to be contacted." in shown
        assert "Neither an e-mail address nor a phone number is known." in shown


class TestBefore:
    def test_it_counts_the_earlier_passes_and_tells_the_last(
        self,
        *,
        read: Callable[..., str],
        make_lead: Callable[..., Lead],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        now: datetime,
    ) -> None:
        lead = make_lead()
        for days, key in ((9, "duplicate"), (5, "not_engaged")):
            lead.refresh_from_db()
            at = now - timedelta(days=days)
            handoff = make_waiting(lead=lead, at=at)
            transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason(key), now=at)
        lead.refresh_from_db()
        make_waiting(lead=lead)
        assert "Passed 2 times before, last: rejected (Not enough engagement)" in read(rep)

    def test_what_goes_on_says_from_whom(
        self,
        *,
        read: Callable[..., str],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        first = make_waiting()
        transitions.reject(handoff_id=first.pk, actor=rep, reason=reason("wrong_owner"), now=now)
        second = Handoff.objects.get(follows=first)
        if state_of(second) == "ready":
            transitions.pass_to_sales(handoff_id=second.pk, assignee=other_rep, agent=SYSTEM, now=now)
        assert "Ana Rep rejected it as being with the wrong rep." in read(other_rep)


class TestSqls:
    def test_they_stay_until_their_end_is_known(
        self, *, read: Callable[..., str], make_accepted: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        handoff = make_accepted(first_name="Bruno")
        assert "SQLs without an end yet" not in read(rep)
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **ANSWERS)
        shown = read(rep)
        assert "SQLs without an end yet" in shown
        assert reverse("leads:outcome", args=[handoff.lead.public_id, "customer"]) in shown
        assert address_of("contact", handoff) in shown
        assert "Bruno" not in read(other_rep)
        Lead.objects.filter(pk=handoff.lead_id).update(status="lost")
        assert "SQLs without an end yet" not in read(rep)


class TestContactsOfARow:
    def test_the_last_is_told_and_that_there_was_none(
        self, read: Callable[..., str], make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        assert "Not contacted yet" in read(rep)
        for outcome in ("no_answer", "talked"):
            contacts.log(handoff_id=handoff.pk, way="call", outcome=outcome, at=now, actor=rep, now=now)
        shown = read(rep)
        assert "2 contacts, last: call, we talked" in shown
        assert "Not contacted yet" not in shown

    def test_who_was_never_reached_is_a_warning(
        self, read: Callable[..., str], make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        for number in range(4):
            at = now + timedelta(minutes=number)
            contacts.log(handoff_id=handoff.pk, way="call", outcome="no_answer", at=at, actor=rep, now=at)
        assert "Not reached so far" in read(rep)
