"""The preference page: without signing in, looking changes nothing, leaving is as easy as joining."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from leads.consent.ledger import give, is_given, standing
from leads.consent.preferences import LINK_LASTS, preference_path
from leads.events import Agent
from leads.models import Consent, Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead: Callable[..., Lead], now: datetime) -> Lead:
    made = make_lead(email="ana.lima@example.com")
    give(lead_id=made.pk, purpose="mailing", source="form Newsletter", agent=Agent(name="form"), now=now)
    return made


@pytest.fixture
def visit(lead: Lead, now: datetime) -> Callable[..., str]:
    """`visit(**sent)`: GET of the link where nothing is sent, else a POST from somewhere without a cookie."""
    path, client = preference_path(lead, now=now), Client(enforce_csrf_checks=True)

    def call(**sent: str) -> str:
        with time_machine.travel(now + timedelta(hours=1), tick=False):
            response = client.post(path, sent) if sent else client.get(path)
        assert response.status_code == 200
        assert not response.cookies
        assert response["Referrer-Policy"] == "no-referrer"
        return str(response.content.decode())

    return call


def last_words(lead: Lead) -> dict[str, bool | None]:
    return {purpose.key: last.is_given if last else None for purpose, last in standing(lead.pk)}


class TestThePage:
    def test_looking_at_it_changes_nothing_and_tells_no_stranger_the_address(
        self, visit: Callable[..., str], lead: Lead
    ) -> None:
        page = visit()
        assert "a…@example.com" in page
        assert "ana.lima" not in page
        assert Consent.objects.count() == 1

    def test_an_unticked_purpose_is_taken_back_and_a_ticked_one_is_given(
        self, visit: Callable[..., str], lead: Lead
    ) -> None:
        assert "stored" in visit(calling="on")
        assert last_words(lead) == {"tracking": None, "mailing": False, "calling": True}
        newest = Consent.objects.get(purpose__key="calling")
        assert newest.source == "preference page"
        assert "You may call me" in newest.wording

    def test_what_is_ticked_already_stays_as_it_was_given(self, visit: Callable[..., str], lead: Lead) -> None:
        visit(mailing="on")
        assert Consent.objects.get().source == "form Newsletter"

    def test_one_press_stops_everything(self, visit: Callable[..., str], lead: Lead) -> None:
        assert "You allow nothing" in visit(stop="1", mailing="on")
        assert last_words(lead) == {"tracking": False, "mailing": False, "calling": False}
        lead.refresh_from_db()
        assert lead.do_not_contact

    def test_the_button_of_the_mail_program_stops_the_mail_alone(self, visit: Callable[..., str], lead: Lead) -> None:
        visit(**{"List-Unsubscribe": "One-Click"})
        assert last_words(lead) == {"tracking": None, "mailing": False, "calling": None}

    def test_pressed_again_it_adds_nothing(self, visit: Callable[..., str], lead: Lead) -> None:
        for _ in range(3):
            visit(stop="1")
        assert Consent.objects.count() == 4


class TestTheLink:
    def test_a_changed_one_is_answered_with_a_sentence(self, client: Client, lead: Lead, now: datetime) -> None:
        answer = client.post(f"{preference_path(lead, now=now)}x", {"stop": "1"})
        assert answer.status_code == 404
        assert "not complete" in answer.content.decode()
        assert is_given(lead.pk, "mailing")

    def test_an_old_one_too(self, client: Client, lead: Lead, now: datetime) -> None:
        path = preference_path(lead, now=now)
        with time_machine.travel(now + LINK_LASTS, tick=False):
            answer = client.post(path, {"stop": "1"})
        assert "too old" in answer.content.decode()
        assert is_given(lead.pk, "mailing")
