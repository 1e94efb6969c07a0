"""Answering a handoff in the browser, with and without htmx: who may, what is asked, who was first."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff import lifecycle
from handoff.models import Handoff, Reason
from leads.models import Lead
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
PANEL = {"HX-Request": "true", "HX-Target": "handoff"}
LIST = {"HX-Request": "true"}
FORMS = ("reject", "qualify", "accept_and_qualify", "recycle", "disqualify")
EVERY_ACTION = ("accept", *FORMS)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    """People answer ten minutes after `now`; a test may move on."""
    with time_machine.travel(now + timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def post(client: Client) -> Callable[..., Any]:
    """`post(rep, "reject", handoff, reason=...)`: the form as a browser sends it."""

    def send(user: User, action: str, handoff: Handoff, *, headers: dict[str, str] | None = None, **data: Any) -> Any:
        client.force_login(user)
        return client.post(address_of(action, handoff), data, headers=headers)

    return send


@pytest.fixture
def look(client: Client) -> Callable[..., Any]:
    """`look(rep, "detail", handoff)`: a page as a browser asks for it."""

    def get(user: User, action: str, handoff: Handoff, **headers: Any) -> Any:
        client.force_login(user)
        return client.get(address_of(action, handoff), **headers)

    return get


def address_of(action: str, handoff: Handoff) -> str:
    return reverse(f"handoff:{action}", args=[handoff.public_id])


def state_of(handoff: Handoff) -> str:
    return Handoff.objects.values_list("state", flat=True).get(pk=handoff.pk)


def said(response: HttpResponse) -> list[str]:
    """The messages that wait for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]


class TestDoors:
    """Persona x page x action."""

    @pytest.mark.parametrize(
        ("persona", "status"),
        [("rep", 200), ("other_rep", 404), ("manager", 200), ("marketer", 200), ("administrator", 200)],
    )
    def test_who_may_look(
        self,
        *,
        look: Callable[..., Any],
        make_waiting: MakeHandoff,
        persona: str,
        status: int,
        request: pytest.FixtureRequest,
    ) -> None:
        assert look(request.getfixturevalue(persona), "detail", make_waiting()).status_code == status

    @pytest.mark.parametrize("action", EVERY_ACTION)
    @pytest.mark.parametrize(("persona", "status"), [("other_rep", 404), ("marketer", 403), ("administrator", 403)])
    def test_who_may_not_decide(
        self,
        *,
        client: Client,
        make_waiting: MakeHandoff,
        persona: str,
        action: str,
        status: int,
        request: pytest.FixtureRequest,
    ) -> None:
        handoff = make_waiting()
        client.force_login(request.getfixturevalue(persona))
        address = address_of(action, handoff)
        assert client.post(address, ANSWERS).status_code == status
        assert client.get(address).status_code == status
        assert state_of(handoff) == "waiting"

    @pytest.mark.parametrize("action", ["detail", *EVERY_ACTION])
    def test_who_is_not_signed_in_is_asked_to(self, client: Client, make_waiting: MakeHandoff, action: str) -> None:
        handoff = make_waiting()
        response = (
            client.post(address_of(action, handoff)) if action != "detail" else client.get(address_of(action, handoff))
        )
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))
        assert state_of(handoff) == "waiting"

    @pytest.mark.parametrize("action", EVERY_ACTION)
    def test_looking_changes_nothing(
        self, look: Callable[..., Any], make_waiting: MakeHandoff, rep: User, action: str
    ) -> None:
        handoff = make_waiting()
        assert look(rep, action, handoff).status_code in (200, 302)
        assert state_of(handoff) == "waiting"

    def test_a_form_from_elsewhere_is_refused(self, make_waiting: MakeHandoff, rep: User) -> None:
        handoff = make_waiting()
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(rep)
        assert strict.post(address_of("accept", handoff)).status_code == 403
        assert state_of(handoff) == "waiting"

    def test_the_page_is_read_only_by_post(self, client: Client, make_waiting: MakeHandoff, rep: User) -> None:
        client.force_login(rep)
        assert client.post(address_of("detail", make_waiting())).status_code == 405


class TestDetail:
    def test_it_shows_who_why_and_what_they_did(
        self,
        *,
        look: Callable[..., Any],
        make_waiting: MakeHandoff,
        act: Callable[..., None],
        rep: User,
        now: datetime,
    ) -> None:
        handoff = make_waiting(first_name="Bruno", phone="+351 210 000 000", job_title="CEO", company="Acme")
        act(handoff.lead, "download", at=now - timedelta(hours=1), asset="Guide")
        shown = look(rep, "detail", handoff).content.decode()
        for words in (
            "Bruno",
            "CEO, Acme",
            "+351 210 000 000",
            "Visited the pricing page",
            "35",
            "Downloaded content “Guide”",
        ):
            assert words in shown

    def test_a_rep_who_no_longer_holds_the_lead_reads_no_details_of_it(
        self,
        *,
        look: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        now: datetime,
    ) -> None:
        handoff = make_waiting(email="private@example.com")
        lifecycle.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), now=now)
        shown = look(rep, "detail", handoff).content.decode()
        assert "Ana Rep rejected it" in shown
        assert "You no longer hold this lead" in shown
        assert "mailto:" not in shown

    def test_earlier_passes_are_told(
        self,
        *,
        look: Callable[..., Any],
        make_lead: Callable[..., Lead],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        lead = make_lead()
        first = make_waiting(lead=lead, assignee=other_rep, at=now - timedelta(hours=5))
        lifecycle.reject(
            handoff_id=first.pk, actor=other_rep, reason=reason("not_engaged"), now=now - timedelta(hours=4)
        )
        lead.refresh_from_db()
        shown = look(rep, "detail", make_waiting(lead=lead)).content.decode()
        assert "Otto Rep rejected it on 10 March 2026, 05:00: Not enough engagement." in shown

    @pytest.mark.parametrize(("persona", "count"), [("rep", 3), ("manager", 3), ("marketer", 0), ("administrator", 0)])
    def test_only_those_who_decide_are_offered_answers(
        self,
        *,
        look: Callable[..., Any],
        make_waiting: MakeHandoff,
        persona: str,
        count: int,
        request: pytest.FixtureRequest,
    ) -> None:
        handoff = make_waiting()
        shown = look(request.getfixturevalue(persona), "detail", handoff).content.decode()
        assert (
            sum(f'href="{address_of(action, handoff)}"' in shown for action in FORMS)
            + (f'action="{address_of("accept", handoff)}"' in shown)
            == count
        )

    def test_it_asks_the_same_however_long_the_history_is(
        self,
        *,
        client: Client,
        make_lead: Callable[..., Lead],
        make_waiting: MakeHandoff,
        act: Callable[..., None],
        rep: User,
        now: datetime,
    ) -> None:
        lead = make_lead(company="Acme")

        def queries_after(rows: int) -> int:
            for number in range(rows):
                lead.refresh_from_db()
                act(lead, "download", at=now - timedelta(hours=number), asset=f"Guide {number}")
                lifecycle.withdraw(handoff_id=make_waiting(lead=lead).pk, actor=rep, text="A test.", now=now)
            lead.refresh_from_db()
            handoff = make_waiting(lead=lead)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address_of("detail", handoff)).status_code == 200
            lifecycle.withdraw(handoff_id=handoff.pk, actor=rep, text="A test.", now=now)
            return len(captured)

        client.force_login(rep)
        few = queries_after(3)
        assert queries_after(27) == few
        assert few <= 9


class TestAccept:
    def test_without_javascript_the_rep_goes_on_with_the_lead(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_waiting(first_name="Bruno")
        response = post(rep, "accept", handoff)
        assert response.status_code == 302
        assert response["Location"] == address_of("detail", handoff)
        assert said(response) == ["Bruno is accepted. Call, then say here what came of it."]
        assert state_of(handoff) == "accepted"

    def test_from_the_list_the_list_is_told_to_come_up_to_date(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        response = post(rep, "accept", make_waiting(), headers=LIST)
        assert response.status_code == 204
        assert "queue-changed" in response["HX-Trigger"]

    def test_from_the_page_its_panel_is_replaced(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_waiting()
        response = post(rep, "accept", handoff, headers=PANEL)
        shown = response.content.decode()
        assert response.status_code == 200
        assert "<html" not in shown
        assert "What came of it?" in shown
        assert response["HX-Replace-Url"] == address_of("detail", handoff)

    def test_a_manager_accepts_for_the_rep(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, manager: User
    ) -> None:
        response = post(manager, "accept", make_waiting(first_name="Bruno"))
        assert said(response) == ["Bruno is accepted for Ana Rep."]

    def test_after_it_the_page_offers_what_comes_next(
        self, look: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        handoff = make_accepted()
        shown = look(rep, "detail", handoff).content.decode()
        for action in ("qualify", "recycle", "disqualify"):
            assert f'href="{address_of(action, handoff)}"' in shown
        assert address_of("reject", handoff) not in shown


class TestReject:
    def test_it_lists_the_reasons_in_use(self, look: Callable[..., Any], make_waiting: MakeHandoff, rep: User) -> None:
        Reason.objects.filter(key="duplicate").update(is_active=False)
        shown = look(rep, "reject", make_waiting()).content.decode()
        assert "Does not match the ideal customer profile" in shown
        assert "Duplicate" not in shown
        assert "Bad timing" not in shown

    def test_it_records_reason_and_words_and_goes_back_to_the_queue(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
    ) -> None:
        handoff = make_waiting(first_name="Bruno")
        response = post(rep, "reject", handoff, reason=reason("not_icp").pk, text="Three people.")
        assert response["Location"] == reverse("handoff:queue")
        assert said(response) == ["Bruno is rejected: Does not match the ideal customer profile."]
        handoff.refresh_from_db()
        assert (handoff.state, handoff.reason_text) == ("rejected", "Three people.")

    @pytest.mark.parametrize("headers", [None, PANEL])
    def test_without_a_reason_it_says_so_at_the_field_and_keeps_the_words(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        rep: User,
        headers: dict[str, str] | None,
    ) -> None:
        handoff = make_waiting()
        response = post(rep, "reject", handoff, text="A long story.", headers=headers)
        shown = response.content.decode()
        assert response.status_code == 422
        assert "There is a problem" in shown
        assert shown.count("Choose a reason.") == 2
        assert "A long story.</textarea>" in shown
        assert state_of(handoff) == "waiting"

    @pytest.mark.parametrize("text", ["", "   "])
    def test_other_needs_words(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        text: str,
    ) -> None:
        handoff = make_waiting()
        other = reason("reject_other").pk
        response = post(rep, "reject", handoff, reason=other, text=text)
        shown = response.content.decode()
        assert response.status_code == 422
        assert "“Other” needs a sentence of your own." in shown
        assert f'value="{other}"' in shown
        assert "checked" in shown
        assert state_of(handoff) == "waiting"

    def test_a_reason_for_something_else_is_refused(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
    ) -> None:
        handoff = make_waiting()
        for value in (reason("bad_timing").pk, 999_999_999, "x", "9" * 30):
            response = post(rep, "reject", handoff, reason=value)
            assert response.status_code == 422
            assert "Choose one of the reasons in the list." in response.content.decode()
        assert state_of(handoff) == "waiting"

    def test_more_than_two_thousand_characters_are_refused_and_kept(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
    ) -> None:
        handoff = make_waiting()
        response = post(rep, "reject", handoff, reason=reason("not_icp").pk, text="x" * 2001)
        assert response.status_code == 422
        assert "Say it in at most 2000 characters." in response.content.decode()
        assert "x" * 2001 in response.content.decode()
        assert post(rep, "reject", handoff, reason=reason("not_icp").pk, text="x" * 2000).status_code == 302

    def test_words_are_shown_as_text(
        self,
        *,
        post: Callable[..., Any],
        look: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
    ) -> None:
        handoff = make_waiting()
        post(rep, "reject", handoff, reason=reason("not_icp").pk, text="<script>alert(1)</script>")
        assert "<script>alert" not in look(rep, "detail", handoff).content.decode()


class TestAfterTalking:
    def test_four_answers_make_an_sql(self, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User) -> None:
        handoff = make_accepted(first_name="Bruno")
        response = post(rep, "qualify", handoff, **ANSWERS)
        assert said(response) == ["Bruno is an SQL."]
        handoff.refresh_from_db()
        assert (handoff.state, handoff.budget) == ("qualified", ANSWERS["budget"])

    @pytest.mark.parametrize("missing", list(ANSWERS))
    def test_a_missing_answer_is_named_and_the_others_are_kept(
        self, *, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User, missing: str
    ) -> None:
        handoff = make_accepted()
        response = post(rep, "qualify", handoff, **(ANSWERS | {missing: " "}))
        shown = response.content.decode()
        assert response.status_code == 422
        assert f'id="id_{missing}_error"' in shown
        kept = [answer for field, answer in ANSWERS.items() if field != missing]
        assert all(f'value="{answer}"' in shown for answer in kept)
        assert state_of(handoff) == "accepted"

    def test_accept_and_qualify_is_one_step(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_waiting(first_name="Bruno")
        response = post(rep, "accept_and_qualify", handoff, **ANSWERS)
        assert said(response) == ["Bruno is accepted and an SQL."]
        handoff.refresh_from_db()
        assert handoff.state == "qualified"
        assert handoff.accepted_at is not None

    @pytest.mark.parametrize(
        ("action", "key", "state", "words"),
        [
            ("recycle", "bad_timing", "recycled", "Bruno is back in nurture: Bad timing."),
            ("disqualify", "no_need", "disqualified", "Bruno is disqualified: No need or interest."),
        ],
    )
    def test_it_goes_back_or_ends_with_a_reason(
        self,
        *,
        post: Callable[..., Any],
        make_accepted: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        action: str,
        key: str,
        state: str,
        words: str,
    ) -> None:
        handoff = make_accepted(first_name="Bruno")
        response = post(rep, action, handoff, reason=reason(key).pk, text="")
        assert said(response) == [words]
        assert state_of(handoff) == state

    def test_the_outcome_stays_on_the_page(
        self, *, post: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        response = post(rep, "qualify", make_accepted(), headers=PANEL, **ANSWERS)
        shown = response.content.decode()
        assert "Ana Rep qualified it as an SQL on 10 March 2026, 09:10." in shown
        assert ANSWERS["problem"] in shown
        assert "Back to the queue" in shown


class TestTwoAtOnce:
    def test_the_second_reads_who_was_first_and_when(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        manager: User,
    ) -> None:
        handoff = make_waiting()
        assert post(rep, "accept", handoff).status_code == 302
        response = post(manager, "reject", handoff, reason=reason("not_icp").pk, text="My own words.")
        shown = response.content.decode()
        assert response.status_code == 409
        assert "Ana Rep accepted this lead on 10 March 2026, 09:10." in shown
        assert "My own words." in shown
        assert f'href="{reverse("handoff:queue")}"' in shown
        assert state_of(handoff) == "accepted"

    def test_in_the_list_a_message_says_it(
        self, *, client: Client, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User, manager: User
    ) -> None:
        handoff = make_waiting()
        post(rep, "accept", handoff)
        response = post(manager, "accept", handoff, headers=LIST)
        assert response.status_code == 409
        assert response["HX-Reswap"] == "none"
        assert "queue-changed" in response["HX-Trigger"]
        assert "Ana Rep accepted this lead" in client.get(reverse("handoff:queue"), headers=LIST).content.decode()

    def test_in_the_panel_it_is_said_in_place(
        self, *, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User, manager: User
    ) -> None:
        handoff = make_waiting()
        post(rep, "accept", handoff)
        response = post(manager, "accept", handoff, headers=PANEL)
        assert response.status_code == 409
        assert "<html" not in response.content.decode()
        assert "Ana Rep accepted this lead" in response.content.decode()

    def test_a_form_opened_after_the_decision_leads_to_how_it_stands(
        self, look: Callable[..., Any], make_accepted: MakeHandoff, rep: User
    ) -> None:
        handoff = make_accepted()
        response = look(rep, "reject", handoff)
        assert response.status_code == 302
        assert response["Location"] == address_of("detail", handoff)


class TestTooLate:
    @pytest.mark.parametrize("action", ["accept", "reject", "accept_and_qualify"])
    def test_an_answer_after_the_deadline_finds_the_lead_returned(
        self,
        *,
        post: Callable[..., Any],
        make_waiting: MakeHandoff,
        reason: Callable[[str], Reason],
        rep: User,
        deadline: datetime,
        clock: Any,
        action: str,
    ) -> None:
        handoff = make_waiting()
        clock.move_to(deadline + timedelta(seconds=1))
        response = post(rep, action, handoff, reason=reason("not_icp").pk, **ANSWERS)
        assert response.status_code == 409
        assert (
            "This lead had to be answered by 11 March 2026, 09:00. It went back to nurture."
            in response.content.decode()
        )
        assert state_of(handoff) == "breached"

    def test_the_page_offers_nothing_any_more(
        self,
        *,
        look: Callable[..., Any],
        make_waiting: MakeHandoff,
        rep: User,
        deadline: datetime,
        clock: Any,
    ) -> None:
        handoff = make_waiting()
        clock.move_to(deadline)
        shown = look(rep, "detail", handoff).content.decode()
        assert "The time to answer is over" in shown
        assert address_of("accept", handoff) not in shown
        assert look(rep, "reject", handoff).status_code == 302
        assert state_of(handoff) == "waiting"
