"""What a person corrects of a lead: from what to what, what follows, who else was at it, and taking it back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.consent.suppression import suppress
from leads.correcting.fields import Outdated, of_lead
from leads.correcting.leads import correct, undo
from leads.events import SYSTEM, Agent
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.models import Company, Lead, LeadEvent
from leads.models.consent import SuppressionReason
from leads.models.erasure import ErasureReason
from leads.normalise import Refusal
from leads.privacy.erasing import erase
from scoring.models import ScoreRequest

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture
def say(marketer: User, now: datetime) -> Callable[..., list[str]]:
    """`say(lead, phone="1")`: what the marketer corrects."""

    def corrected(lead: Lead, *, seen: dict[str, Any] | None = None, keeps: bool = True, **values: Any) -> list[str]:
        names = correct(
            lead_id=lead.pk, values=values, seen=seen or {}, keeps_address=keeps, agent=Agent(user=marketer), now=now
        )
        lead.refresh_from_db()
        return names

    return corrected


def fields_shown(client: Client, lead: Lead) -> dict[str, Any]:
    """What a browser would send back of the form."""
    form = client.get(reverse("leads:edit", args=[lead.public_id])).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value not in (None, False)}


class TestCorrecting:
    def test_it_stores_what_differs_and_says_from_what_to_what(
        self, make_lead: MakeLead, say: Callable[..., list[str]]
    ) -> None:
        lead = make_lead(first_name="Lee", phone="1", company="Acme")
        ScoreRequest.objects.all().delete()
        assert say(lead, first_name="Lee", phone="2", company=["Beta", ""], buying_role="decider") == [
            "phone", "company", "buying_role",
        ]  # fmt: skip
        assert (lead.phone, lead.company and lead.company.name, lead.is_decision_maker) == ("2", "Beta", True)
        data = LeadEvent.objects.get(kind="lead.changed").data
        assert data["before"] == {"phone": "1", "company": ["Acme", ""], "buying_role": ""}
        assert data["after"] == {"phone": "2", "company": ["Beta", ""], "buying_role": "decider"}
        assert ScoreRequest.objects.filter(lead=lead).exists()

    def test_a_company_that_is_known_by_the_name_is_the_one(
        self, make_lead: MakeLead, say: Callable[..., list[str]]
    ) -> None:
        make_lead(company="Beta", company_domain="beta.example")
        lead = make_lead()
        say(lead, company=["BETA", ""])
        assert lead.company == Company.objects.get()
        say(lead, company=["", ""])
        assert lead.company is None

    def test_an_erasure_empties_what_was_before(
        self, make_lead: MakeLead, say: Callable[..., list[str]], now: datetime
    ) -> None:
        lead = make_lead(phone="12345")
        say(lead, phone="67890")
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=SYSTEM, now=now)
        data = LeadEvent.objects.get(kind="lead.changed").data
        assert data == {"fields": ["phone"], "before": "", "after": ""}


class TestAddress:
    def test_the_one_of_before_goes_on_leading_to_the_lead_where_it_was_theirs(
        self, make_lead: MakeLead, say: Callable[..., list[str]], now: datetime
    ) -> None:
        lead = make_lead(email="old@example.com")
        say(lead, email="New@Example.com")
        assert (lead.email, lead.email_key) == ("New@Example.com", "new@example.com")
        for address in ("old@example.com", "new@example.com"):
            [taken] = take_leads([LeadInput(email=address)], agent=SYSTEM, now=now)
            assert isinstance(taken, Taken)
            assert taken.lead_id == lead.pk

    def test_one_that_was_never_theirs_is_free_again(
        self, make_lead: MakeLead, say: Callable[..., list[str]], now: datetime
    ) -> None:
        lead = make_lead(email="typo@example.com")
        say(lead, email="right@example.com", keeps=False)
        [taken] = take_leads([LeadInput(email="typo@example.com")], agent=SYSTEM, now=now)
        assert isinstance(taken, Taken)
        assert taken.lead_id != lead.pk

    def test_back_to_one_they_had_before(self, make_lead: MakeLead, say: Callable[..., list[str]]) -> None:
        lead = make_lead(email="old@example.com")
        say(lead, email="new@example.com")
        say(lead, email="old@example.com")
        assert lead.email_key == "old@example.com"
        assert [each.email_key for each in lead.identifiers.all()] == ["new@example.com"]

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("taken@example.com", "identity_conflict"),
            ("former@example.com", "identity_conflict"),
            ("gone@example.com", "suppressed"),
            ("nobody", "invalid_email"),
            ("", "no_identity"),
        ],
    )
    def test_what_is_refused_changes_nothing(
        self, address: str, code: str, make_lead: MakeLead, say: Callable[..., list[str]], now: datetime
    ) -> None:
        make_lead(email="taken@example.com")
        say(make_lead(email="former@example.com"), email="later@example.com")
        suppress(["gone@example.com"], reason=SuppressionReason.ASKED, agent=SYSTEM, now=now)
        lead = make_lead(email="mine@example.com", phone="1")
        with pytest.raises(Refusal) as refusal:
            say(lead, email=address, phone="2")
        lead.refresh_from_db()
        assert (refusal.value.code, lead.email, lead.phone) == (code, "mine@example.com", "1")


class TestTwoAtOnce:
    def test_what_one_leaves_as_it_was_is_not_put_back(
        self, make_lead: MakeLead, say: Callable[..., list[str]]
    ) -> None:
        lead = make_lead(phone="1", city="Porto")
        seen = of_lead(lead)
        say(lead, seen=seen, city="Lisbon", phone="1")
        assert say(lead, seen=seen, city="Porto", phone="2") == ["phone"]
        assert (lead.city, lead.phone) == ("Lisbon", "2")

    def test_the_same_field_is_said_and_nothing_is_stored(
        self, make_lead: MakeLead, say: Callable[..., list[str]]
    ) -> None:
        lead = make_lead(phone="1")
        seen = of_lead(lead)
        say(lead, seen=seen, phone="2")
        with pytest.raises(Outdated) as error:
            say(lead, seen=seen, phone="3", city="Faro")
        lead.refresh_from_db()
        assert (error.value.current, lead.phone, lead.city) == ({"phone": "2"}, "2", "")

    def test_the_page_says_who_it_was_keeps_what_was_typed_and_takes_it_the_second_time(
        self, client: Client, make_lead: MakeLead, say: Callable[..., list[str]], manager: User, marketer: User
    ) -> None:
        lead = make_lead(phone="1")
        client.force_login(manager)
        said = fields_shown(client, lead) | {"phone": "3"}
        say(lead, phone="2")
        address = reverse("leads:edit", args=[lead.public_id])
        answer = client.post(address, said)
        assert answer.status_code == 409
        assert f"{marketer} changed this to “2” meanwhile" in answer.content.decode()
        form = answer.context["form"]
        assert form["phone"].value() == "3"
        again = client.post(address, said | {"seen_values": form["seen_values"].value()})
        lead.refresh_from_db()
        assert (again.status_code, lead.phone) == (302, "3")


class TestUndo:
    def test_it_gives_back_what_nobody_changed_since(
        self, make_lead: MakeLead, say: Callable[..., list[str]], marketer: User, now: datetime
    ) -> None:
        lead = make_lead(email="old@example.com", phone="1", city="Porto", company="Acme")
        say(lead, email="new@example.com", phone="2", city="Faro", company=["Beta", ""])
        event = LeadEvent.objects.get(kind="lead.changed")
        say(lead, city="Lisbon")
        names = undo(lead_id=lead.pk, event_id=event.pk, agent=Agent(user=marketer), now=now)
        lead.refresh_from_db()
        assert names == (["email", "phone", "company"], ["city"])
        assert (lead.email, lead.phone, lead.city, lead.company and lead.company.name) == (
            "old@example.com", "1", "Lisbon", "Acme",
        )  # fmt: skip
        assert undo(lead_id=lead.pk, event_id=event.pk, agent=Agent(user=marketer), now=now)[0] == []

    def test_the_timeline_offers_it_and_the_page_says_what_comes_back(
        self, client: Client, make_lead: MakeLead, say: Callable[..., list[str]], marketer: User
    ) -> None:
        lead = make_lead(phone="1")
        say(lead, phone="2")
        client.force_login(marketer)
        event = LeadEvent.objects.get(kind="lead.changed")
        address = reverse("leads:undo_correction", args=[lead.public_id, event.pk])
        page = reverse("leads:detail", args=[lead.public_id])
        assert address in client.get(page).content.decode()
        assert "phone “1” instead of “2”" in client.get(address).content.decode()
        assert "As before again: phone." in client.post(address, follow=True).content.decode()
        lead.refresh_from_db()
        assert lead.phone == "1"
        assert address not in client.get(page).content.decode()
