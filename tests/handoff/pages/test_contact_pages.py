"""Contacts in the browser: the form, the list on the page of a handoff, the hint when nobody answers."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from handoff import contacts
from handoff.models import Contact, Handoff, Reason
from tests.handoff.browsing import DIALOG, PANEL, address_of, said
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
CALL = {"what": "call:no_answer", "at": "", "note": ""}
pytestmark = pytest.mark.usefixtures("ten_minutes_later")


class TestTheForm:
    def test_it_offers_every_way_with_what_may_come_of_it(
        self, look: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        shown = look(rep, "contact", make_accepted()).content.decode()
        for value in ("call:no_answer", "mail:sent", "text:sent", "linkedin:answered", "meeting:not_shown"):
            assert f'value="{value}"' in shown
        assert 'value="meeting:sent"' not in shown
        assert "Left empty: now." in shown

    def test_the_rep_goes_on_with_the_lead(
        self, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted(first_name="Bruno")
        response = post(rep, "contact", handoff, **CALL | {"note": "Rang twice."})
        assert response["Location"] == address_of("detail", handoff)
        assert said(response) == ["The contact with Bruno is noted."]
        contact = Contact.objects.get()
        assert (contact.outcome, contact.note, contact.at) == ("no_answer", "Rang twice.", now + timedelta(minutes=10))

    def test_the_moment_is_that_of_the_reader(
        self, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        post(rep, "contact", make_accepted(), **CALL | {"at": "2026-03-10T09:05"})
        assert Contact.objects.get().at == datetime(2026, 3, 10, 9, 5, tzinfo=UTC)

    def test_the_page_says_whose_clock_it_reads(
        self, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="Asia/Tokyo")
        handoff = make_accepted()
        response = post(rep, "contact", handoff, **CALL | {"at": "2026-11-01T00:30"})
        assert "Times are those of Asia/Tokyo." in response.content.decode()
        post(rep, "contact", handoff, **CALL | {"at": "2026-03-10T18:05"})
        assert Contact.objects.get().at == datetime(2026, 3, 10, 9, 5, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"what": ""}, "Say how you tried to reach them"),
            ({"what": "call:sent"}, "Choose one of the lines in the list."),
            ({"what": "linkedin:wrong"}, "Choose one of the lines in the list."),
            ({"at": "yesterday"}, "Write day and time"),
            ({"at": "2026-03-10T09:30"}, "This is in the future."),
            ({"at": "2026-03-09T09:30"}, "The lead was passed to sales on 10 March 2026, 09:00"),
            ({"note": "x" * 2001}, "at most 2000 characters"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self,
        *,
        post: Callable[..., Any],
        make_accepted: MakeHandoff,
        rep: User,
        wrong: dict[str, str],
        words: str,
    ) -> None:
        response = post(rep, "contact", make_accepted(), **CALL | {"note": "Typed."} | wrong)
        shown = response.content.decode()
        assert response.status_code == 422
        assert words in shown
        assert "Typed." in shown or "note" in wrong
        assert not Contact.objects.exists()

    def test_from_the_queue_the_dialog_is_told_that_it_is_done(
        self, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        response = post(rep, "contact", make_accepted(), headers=DIALOG, **CALL)
        assert response.status_code == 204
        assert set(response.headers["HX-Trigger"].split('"')) >= {"answered", "queue-changed"}

    def test_a_manager_notes_a_contact_for_the_rep(
        self, post: Callable[..., Any], make_accepted: MakeHandoff, manager: User
    ) -> None:
        assert post(manager, "contact", make_accepted(), **CALL).status_code == 302
        assert Contact.objects.get().by == manager

    @pytest.mark.parametrize(("persona", "status"), [("marketer", 403), ("administrator", 403), ("other_rep", 404)])
    def test_nobody_else_does(
        self,
        *,
        post: Callable[..., Any],
        make_accepted: MakeHandoff,
        persona: str,
        status: int,
        request: pytest.FixtureRequest,
    ) -> None:
        assert post(request.getfixturevalue(persona), "contact", make_accepted(), **CALL).status_code == status
        assert not Contact.objects.exists()

    def test_what_went_back_meanwhile_is_said_with_what_was_typed(
        self,
        *,
        post: Callable[..., Any],
        make_accepted: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
    ) -> None:
        handoff = make_accepted()
        post(rep, "recycle", handoff, reason=reason("bad_timing").pk, text="")
        for headers in (None, PANEL, DIALOG):
            response = post(rep, "contact", handoff, headers=headers, **CALL | {"note": "Rang twice."})
            shown = response.content.decode()
            assert response.status_code == 409
            assert "Ana Rep sent this lead back to nurture" in shown
            assert "Call: no answer" in shown
            assert "Rang twice." in shown


class TestThePage:
    def test_it_lists_them_with_the_time_to_the_first(
        self, look: Callable[..., Any], make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted(at=now - timedelta(hours=3))
        assert "Nobody has tried to reach them yet." in look(rep, "detail", handoff).content.decode()
        contacts.log(handoff_id=handoff.pk, way="mail", outcome="sent", note="Hello.", at=now, actor=rep, now=now)
        shown = look(rep, "detail", handoff).content.decode()
        assert "First contact 3 h after the lead was passed." in shown
        assert "Mail: sent, no answer yet" in shown
        assert "Hello." in shown

    def test_after_four_attempts_the_reason_is_a_click_away(
        self, client: Client, make_accepted: MakeHandoff, reason: Callable[[str], Reason], rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        for number in range(4):
            at = now + timedelta(minutes=number)
            contacts.log(handoff_id=handoff.pk, way="call", outcome="no_answer", at=at, actor=rep, now=at)
        client.force_login(rep)
        shown = client.get(address_of("detail", handoff)).content.decode()
        assert "4 attempts have not reached them." in shown
        link = f"{address_of('recycle', handoff)}?reason=unreachable"
        assert link in shown
        form = client.get(link).content.decode()
        assert re.search(rf'name="reason" value="{reason("unreachable").pk}"[^>]* checked', form)

    def test_who_qualifies_sees_them_and_who_else_is_there(
        self,
        *,
        look: Callable[..., Any],
        make_accepted: MakeHandoff,
        rep: User,
        now: datetime,
    ) -> None:
        handoff = make_accepted(first_name="Ada", company="Acme")
        boss = make_accepted(first_name="Bea", last_name="Boss", company="Acme", job_title="CFO").lead
        type(boss).objects.filter(pk=boss.pk).update(is_decision_maker=True)
        assert "No contact is logged yet" in look(rep, "qualify", handoff).content.decode()
        contacts.log(handoff_id=handoff.pk, way="call", outcome="talked", note="Has money.", at=now, actor=rep, now=now)
        shown = look(rep, "qualify", handoff).content.decode()
        assert "Call: we talked" in shown
        assert "Has money." in shown
        assert "Also known at Acme:" in shown
        assert "Bea Boss, CFO <b>(decides)</b>" in shown

    def test_an_sql_asks_for_its_end(
        self, post: Callable[..., Any], look: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        handoff = make_accepted()
        post(rep, "qualify", handoff, **ANSWERS)
        shown = look(rep, "detail", handoff).content.decode()
        for kind in ("opportunity", "customer", "lost"):
            assert f"/leads/{handoff.lead.public_id}/outcome/{kind}/" in shown
