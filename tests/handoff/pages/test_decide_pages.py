"""Answering a handoff in the browser, with and without htmx: what is asked, what is said, who was first."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.models import Handoff, Reason
from handoff.news_facts import subject_of
from outbox.models import Notice
from tests.handoff.browsing import LIST, PANEL, address_of, said, state_of
from tests.handoff.conftest import ANSWERS

MakeHandoff = Callable[..., Handoff]
pytestmark = pytest.mark.usefixtures("ten_minutes_later")


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

    def test_what_told_of_the_lead_is_read_then(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff, other = make_waiting(), make_waiting()
        post(rep, "accept", handoff, headers=LIST)
        [unread] = Notice.objects.filter(recipient=rep, read_at=None)
        assert unread.subject == subject_of(other).key

    def test_every_answer_has_a_key_of_its_own(
        self, look: Callable[..., Any], make_waiting: MakeHandoff, make_accepted: MakeHandoff, rep: User
    ) -> None:
        for handoff, keys in ((make_waiting(), ["o", "a", "q", "r"]), (make_accepted(), ["o", "x", "q", "b", "d"])):
            shown = look(rep, "detail", handoff).content.decode()
            assert sorted(re.findall(r'data-key="(\w)"', shown)) == sorted(keys)

    def test_from_the_list_the_list_is_told_to_come_up_to_date(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        response = post(rep, "accept", make_waiting(), headers=LIST)
        assert response.status_code == 204
        assert "queue-changed" in response["HX-Trigger"]

    def test_from_the_list_one_is_led_to_the_lead_which_moved_down(
        self, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User
    ) -> None:
        handoff = make_waiting(first_name="<Bruno>")
        [sentence] = said(post(rep, "accept", handoff, headers=LIST))
        link = f'<a href="{address_of("detail", handoff)}">open the lead</a>'
        assert sentence == f"&lt;Bruno&gt; is accepted. Call, then say what came of it: {link}."

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

    def test_a_line_break_is_one_character_as_in_the_browser(
        self, *, post: Callable[..., Any], make_waiting: MakeHandoff, rep: User, reason: Callable[[str], Reason]
    ) -> None:
        handoff = make_waiting()
        text = "x" * 1000 + "\r\n" + "y" * 999
        response = post(rep, "reject", handoff, reason=reason("not_icp").pk, text=text)
        assert response.status_code == 302
        handoff.refresh_from_db()
        assert handoff.reason_text == text.replace("\r\n", "\n")

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
        ten_minutes_later: Any,
        action: str,
    ) -> None:
        handoff = make_waiting()
        ten_minutes_later.move_to(deadline + timedelta(seconds=1))
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
        ten_minutes_later: Any,
    ) -> None:
        handoff = make_waiting()
        ten_minutes_later.move_to(deadline)
        shown = look(rep, "detail", handoff).content.decode()
        assert "The time to answer is over" in shown
        assert address_of("accept", handoff) not in shown
        assert look(rep, "reject", handoff).status_code == 302
        assert state_of(handoff) == "waiting"
