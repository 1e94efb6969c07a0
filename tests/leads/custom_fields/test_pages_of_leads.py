"""Values of custom fields on a lead's page, and how a person corrects them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Company, Lead, LeadEvent
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead: Callable[..., Lead]) -> Lead:
    make_field("number", "Visits elsewhere", key="visits")
    make_field("some_of", "Products", key="products", choices=("Baton", "Relay"))
    make_field("date", "Contract ends", key="ends")
    make_field("text", "Age", key="age", is_sensitive=True)
    make_field("one_of", "Tier", key="tier", about="company", choices=("Gold", "Silver"))
    return make_lead(
        company="Acme",
        custom={"visits": 1234.5, "products": ["relay", "baton"], "ends": "2026-12-31", "age": "44"},
        company_custom={"tier": "gold"},
    )


class TestPage:
    def test_it_shows_what_is_known_in_words(self, client: Client, marketer: User, lead: Lead) -> None:
        client.force_login(marketer)
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        for words in ("Visits elsewhere", "1,234.5", "Baton, Relay", "31 December 2026", "Tier", "Gold", "44"):
            assert words in page

    def test_what_is_sensitive_is_not_shown_to_sales(self, client: Client, rep: User, lead: Lead) -> None:
        Lead.objects.filter(pk=lead.pk).update(owner=rep)
        client.force_login(rep)
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert "1,234.5" in page
        assert "Age" not in page
        assert "Age" not in client.get(reverse("leads:edit", args=[lead.public_id])).content.decode()


class TestCorrecting:
    def test_a_value_is_corrected_taken_away_and_told(self, client: Client, marketer: User, lead: Lead) -> None:
        client.force_login(marketer)
        address = reverse("leads:edit", args=[lead.public_id])
        form = client.get(address).context["form"]
        said = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        said |= {"custom_visits": "2,000", "custom_ends": ""}
        assert client.post(address, said).status_code == 302
        lead.refresh_from_db()
        assert lead.custom == {"visits": 2000, "products": ["baton", "relay"], "age": "44"}
        event = LeadEvent.objects.get(kind="lead.changed")
        assert event.data == {
            "fields": ["custom.visits", "custom.ends"],
            "before": {"custom.visits": 1234.5, "custom.ends": "2026-12-31"},
            "after": {"custom.visits": 2000, "custom.ends": None},
        }
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert "Contract ends “nothing” instead of “31 December 2026”" in page

    def test_a_value_of_the_company_is_corrected_on_its_page(self, client: Client, marketer: User, lead: Lead) -> None:
        client.force_login(marketer)
        company = Company.objects.get()
        address = reverse("companies:edit", args=[company.public_id])
        assert client.post(address, {"name": "Acme", "company_custom_tier": "silver"}).status_code == 302
        company.refresh_from_db()
        assert company.custom == {"tier": "silver"}
        page = client.get(reverse("companies:detail", args=[company.public_id])).content.decode()
        assert "Tier “Silver” instead of “Gold”" in page

    def test_saving_what_is_shown_changes_nothing(self, client: Client, marketer: User, lead: Lead) -> None:
        Lead.objects.filter(pk=lead.pk).update(custom={**lead.custom, "visits": 1.125})
        client.force_login(marketer)
        address = reverse("leads:edit", args=[lead.public_id])
        form = client.get(address).context["form"]
        client.post(address, {name: form[name].value() for name in form.fields if form[name].value() is not None})
        assert not LeadEvent.objects.filter(kind="lead.changed").exists()

    def test_what_cannot_be_read_is_said_at_its_field(self, client: Client, marketer: User, lead: Lead) -> None:
        client.force_login(marketer)
        answer = client.post(reverse("leads:edit", args=[lead.public_id]), {"custom_visits": "many"})
        assert answer.status_code == 422
        assert "Visits elsewhere has to be a number." in answer.content.decode()
        assert lead.custom["visits"] == 1234.5
