"""Addresses that are left alone: known by a hash, refused at every door."""

from collections.abc import Callable
from datetime import datetime

import pytest

from leads.consent.suppression import is_suppressed, lift, suppress, suppressed_among
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.models import Lead, Suppression
from leads.models.consent import SuppressionReason
from leads.normalise import Refusal

pytestmark = pytest.mark.django_db
TEST = Agent(name="test")


@pytest.fixture
def leave_alone(now: datetime) -> Callable[..., int]:
    def call(*emails: str) -> int:
        return suppress(emails, reason=SuppressionReason.ASKED, agent=TEST, now=now)

    return call


class TestSuppressing:
    def test_every_spelling_of_the_address_is_one(self, leave_alone: Callable[..., int]) -> None:
        assert leave_alone("Ana.Lima@Example.com", "ana.lima@example.com ") == 1
        assert leave_alone("ana.lima@EXAMPLE.com") == 0
        assert is_suppressed("ANA.LIMA@example.com")
        assert not is_suppressed("ana@example.com")

    def test_the_address_itself_is_nowhere(self, leave_alone: Callable[..., int]) -> None:
        leave_alone("ana@example.com")
        row = Suppression.objects.values().get()
        assert "ana" not in str(row)

    def test_another_installation_cannot_compare(self, leave_alone: Callable[..., int], settings: object) -> None:
        leave_alone("ana@example.com")
        settings.SUPPRESSION_KEY = "another key"  # type: ignore[attr-defined]
        assert suppressed_among(["ana@example.com"]) == set()

    def test_it_can_be_lifted(self, leave_alone: Callable[..., int]) -> None:
        leave_alone("ana@example.com")
        assert lift("Ana@example.com")
        assert not lift("Ana@example.com")
        assert not is_suppressed("ana@example.com")


class TestTheDoor:
    def test_a_suppressed_address_becomes_no_lead(self, leave_alone: Callable[..., int], now: datetime) -> None:
        leave_alone("ana@example.com")
        refused, taken = take_leads(
            [LeadInput(email="Ana@example.com"), LeadInput(email="bo@example.com")], agent=TEST, now=now
        )
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.field) == ("suppressed", "email")
        assert isinstance(taken, Taken)
        assert Lead.objects.get().email == "bo@example.com"

    def test_neither_by_what_it_does(self, leave_alone: Callable[..., int], now: datetime) -> None:
        leave_alone("ana@example.com")
        looked = ActivityInput(
            message_id="1", type="page_view", lead=LeadInput(email="ana@example.com"), occurred_at=now
        )
        [refused] = take_activities([looked], agent=TEST, source="test", now=now)
        assert isinstance(refused, Refusal)
        assert refused.code == "suppressed"

    def test_nor_the_address_of_a_lead_without_one(
        self, leave_alone: Callable[..., int], make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead(external_id="crm-1")
        leave_alone("ana@example.com")
        [refused] = take_leads([LeadInput(email="ana@example.com", external_id="crm-1")], agent=TEST, now=now)
        assert isinstance(refused, Refusal)
        lead.refresh_from_db()
        assert lead.email == ""

    def test_a_lead_that_is_known_goes_on(
        self, leave_alone: Callable[..., int], make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        make_lead(email="ana@example.com")
        leave_alone("ana@example.com")
        [taken] = take_leads([LeadInput(email="ana@example.com", first_name="Ana")], agent=TEST, now=now)
        assert isinstance(taken, Taken)
