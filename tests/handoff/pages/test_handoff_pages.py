"""The page of one handoff: who may look, who may decide, and what it shows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads.models import Lead
from tests.handoff.browsing import EVERY_ACTION, FORMS, address_of, state_of
from tests.handoff.conftest import ANSWERS
from tests.handoff.promoting import drain_and_promote

MakeHandoff = Callable[..., Handoff]
pytestmark = pytest.mark.usefixtures("ten_minutes_later")


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
            "<bdi>CEO</bdi>, <bdi>Acme</bdi>",
            "+351 210 000 000",
            "Visited the pricing page",
            "35",
            "Downloaded content “Guide”",
        ):
            assert words in shown

    def test_the_receipt_is_complete_with_the_activities_behind_it(
        self,
        *,
        look: Callable[..., Any],
        make_lead: Callable[..., Lead],
        act: Callable[..., None],
        rep: User,
        now: datetime,
    ) -> None:
        lead = make_lead(job_title="CEO", company="Acme", employees=120)
        act(lead, "download", at=now - timedelta(hours=2), asset="Guide")
        drain_and_promote(now=now)
        handoff = Handoff.objects.get(lead=lead)
        act(lead, "download", at=now - timedelta(minutes=1), asset="Later")
        drain_and_promote(now=now)
        shown = look(rep, "detail", handoff).content.decode()
        receipt = shown[shown.index("Why this lead") : shown.index("What they did last")]
        for words in ("Has an executive title", "+15", "Downloaded content “Guide”", "Version 1 of the criteria"):
            assert words in receipt
        assert "Joined a programme" in receipt
        assert "Later" not in receipt

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
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), now=now)
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
        transitions.reject(
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
                transitions.withdraw(handoff_id=make_waiting(lead=lead).pk, actor=rep, text="A test.", now=now)
            lead.refresh_from_db()
            handoff = make_waiting(lead=lead)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address_of("detail", handoff)).status_code == 200
            transitions.withdraw(handoff_id=handoff.pk, actor=rep, text="A test.", now=now)
            return len(captured)

        client.force_login(rep)
        few = queries_after(3)
        assert queries_after(27) == few
        assert few <= 11
