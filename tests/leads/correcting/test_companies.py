"""What a person corrects of a company holds for everybody who works there."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.correcting.companies import correct_company
from leads.correcting.fields import Values, of_company
from leads.events import SYSTEM
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Company, CompanyChange, Lead
from scoring.models import ScoreRequest

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def company_of(lead: Lead) -> Company:
    assert lead.company is not None
    return lead.company


class TestCorrecting:
    def test_all_its_leads_are_scored_and_its_old_names_still_lead_to_it(
        self, make_lead: MakeLead, now: datetime
    ) -> None:
        one, two = (make_lead(company="Acme Inc", company_domain="acme.example") for _ in range(2))
        ScoreRequest.objects.all().delete()
        said: Values = {
            "name": "Acme",
            "domain": "acme.test",
            "industry": "Software",
            "employees": 120,
            "country": "PT",
        }
        company = company_of(one)
        corrected = correct_company(company_id=company.pk, values=said, agent=SYSTEM, now=now)
        company.refresh_from_db()
        assert corrected == list(said)
        assert {name: getattr(company, name) for name in said} == said
        assert set(ScoreRequest.objects.values_list("lead", flat=True)) == {one.pk, two.pk}
        for number, names in enumerate((("ACME INC", ""), ("", "acme.example"), ("Acme", ""))):
            named = LeadInput(email=f"{number}@new.example", company=names[0], company_domain=names[1])
            take_leads([named], agent=SYSTEM, now=now)
        assert Company.objects.count() == 1

    def test_the_website_of_another_is_refused_at_its_field(
        self, client: Client, make_lead: MakeLead, marketer: User
    ) -> None:
        make_lead(company="Beta", company_domain="beta.example")
        company = company_of(make_lead(company="Acme", company_domain="acme.example"))
        client.force_login(marketer)
        address = reverse("companies:edit", args=[company.public_id])
        answer = client.post(address, {"name": "Acme", "domain": "https://www.beta.example/about"})
        assert answer.status_code == 422
        assert "This is the website of another company." in answer.content.decode()

    def test_who_saves_second_sees_what_the_first_changed(
        self, client: Client, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        company = company_of(make_lead(company="Acme"))
        client.force_login(marketer)
        address = reverse("companies:edit", args=[company.public_id])
        form = client.get(address).context["form"]
        said = {"name": "Acme", "industry": "Retail", "seen_values": form["seen_values"].value()}
        correct_company(company_id=company.pk, values={"industry": "Steel"}, agent=SYSTEM, now=now)
        answer = client.post(address, said)
        assert answer.status_code == 409
        assert "system changed this to “Steel” meanwhile" in answer.content.decode()
        said["seen_values"] = answer.context["form"]["seen_values"].value()
        assert client.post(address, said).status_code == 302
        company.refresh_from_db()
        assert company.industry == "Retail"

    def test_a_rep_corrects_a_company_of_theirs_but_not_whose_it_is(
        self, client: Client, make_lead: MakeLead, rep: User, other_rep: User
    ) -> None:
        lead = make_lead(company="Acme")
        Lead.objects.filter(pk=lead.pk).update(owner=rep)
        address = reverse("companies:edit", args=[company_of(lead).public_id])
        client.force_login(other_rep)
        assert client.get(address).status_code == 404
        client.force_login(rep)
        client.post(address, {"name": "Acme Corp", "owner": rep.pk})
        company = Company.objects.get()
        assert (company.name, company.owner) == ("Acme Corp", None)


class TestUndo:
    def test_it_is_offered_as_long_as_something_is_left_of_it(
        self, client: Client, make_lead: MakeLead, manager: User, now: datetime
    ) -> None:
        company = company_of(make_lead(company="Acme"))
        correct_company(company_id=company.pk, values={"name": "Acme Corp", "owner": manager.pk}, agent=SYSTEM, now=now)
        change = CompanyChange.objects.get()
        client.force_login(manager)
        address = reverse("companies:undo_correction", args=[company.public_id, change.pk])
        assert f"account owner “nothing” instead of “{manager}”" in client.get(address).content.decode()
        page = client.post(address, follow=True).content.decode()
        assert "As before again: name, account owner." in page
        assert address not in page
        company.refresh_from_db()
        assert of_company(company)["name"] == "Acme"


class TestPage:
    def test_it_shows_its_people_the_parts_they_play_and_what_is_known(
        self, client: Client, make_lead: MakeLead, marketer: User
    ) -> None:
        lead = make_lead(company="Acme", employees=40, first_name="Ana", last_name="Alves")
        Lead.objects.filter(pk=lead.pk).update(buying_role="blocker")
        make_lead(company="Beta", first_name="Otto")
        client.force_login(marketer)
        page = client.get(reverse("companies:detail", args=[company_of(lead).public_id])).content.decode()
        for words in ("Ana Alves", "is against it", "40"):
            assert words in page
        assert "Otto" not in page
