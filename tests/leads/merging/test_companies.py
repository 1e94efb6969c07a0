"""Companies that may be one: found with reasons, merged with what is chosen, two again for thirty days."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.company_intake import CompanyInput, parse_company, take_companies
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.merging.company_duplicates import COMPANIES
from leads.merging.company_merging import merge, undo
from leads.merging.finding import find
from leads.merging.undoing import NotMergeable
from leads.models import Company, CompanyAlias, CompanyDuplicate, CompanyMerge, Lead, LeadEvent
from scoring.engine.batches import drain
from scoring.models import Score
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
AGENT = Agent(name="test")


def say(now: datetime, *companies: dict[str, Any]) -> list[Company]:
    parsed = [parse_company(CompanyInput(**one))[0] for one in companies]
    take_companies([one for one in parsed if one], agent=AGENT, now=now)
    return list(Company.objects.order_by("pk"))


class TestFind:
    @pytest.mark.parametrize(
        ("one", "other", "reasons", "is_certain"),
        [
            # People of Acme GmbH write from acme.example, below.
            ({"name": "Acme GmbH"}, {"name": "ACME S.A.", "domain": "acme.example"}, ["mail", "legal_form"], True),
            ({"name": "Bold", "domain": "bold.de"}, {"name": "Bold", "domain": "bold.fr"}, ["name", "website"], False),
            ({"name": "Analytical Engines"}, {"name": "Analytic Engines"}, ["alike"], False),
            ({"name": "Analytical Engines 1"}, {"name": "Analytical Engines 2"}, None, False),
            ({"name": "Big Engines", "domain": "a.de"}, {"name": "Bigg Engines", "domain": "b.de"}, None, False),
            ({"name": "Kraut Ltd", "domain": "kraut.de"}, {"name": "Rüben Ltd", "domain": "rueben.de"}, None, False),
        ],
    )  # fmt: skip
    def test_a_pair_has_its_reasons(
        self, one: dict[str, str], other: dict[str, str], reasons: list[str] | None, is_certain: bool, now: datetime
    ) -> None:
        say(now, one, other)
        if one["name"] == "Acme GmbH":
            take_leads([LeadInput(email="ada@acme.example", company="Acme GmbH")], agent=AGENT, now=now)
        find(COMPANIES, now=now)
        found = list(CompanyDuplicate.objects.values_list("reasons", "is_certain"))
        assert found == ([] if reasons is None else [(reasons, is_certain)])

    def test_one_is_compared_again_when_people_with_mail_come_to_it(self, now: datetime) -> None:
        say(now, {"name": "Acme"}, {"name": "Acme Tools", "domain": "acme.example"})
        find(COMPANIES, now=now)
        assert not CompanyDuplicate.objects.exists()
        ada = LeadInput(email="ada@acme.example", company="Acme")
        take_leads([ada], agent=AGENT, now=now)
        find(COMPANIES, now=now)
        assert CompanyDuplicate.objects.get().reasons == ["mail"]
        take_leads([ada], agent=AGENT, now=now)
        assert find(COMPANIES, now=now) == 0


@pytest.fixture
def two(now: datetime) -> tuple[Company, Company]:
    """The one with a website, and one known by its name, of which more is known."""
    make_field("text", "Segment", about="company")
    make_field("text", "Region", about="company")
    small = {"name": "Acme", "employees": 120, "country": "PT", "custom": {"segment": "A", "region": "North"}}
    say(now - timedelta(days=9), small)
    kept = {"name": "Acme Ltd", "domain": "acme.example", "industry": "Tools", "custom": {"segment": "B"}}
    say(now, kept)
    take_leads(
        [
            LeadInput(email="ada@acme.example", company="Acme", job_title="Founder"),
            LeadInput(email="bob@acme.example", company_domain="acme.example"),
        ],
        agent=AGENT,
        now=now,
    )
    drain(now=now)
    small_one, kept_one = Company.objects.order_by("pk")
    return kept_one, small_one


class TestMerge:
    def test_everything_comes_together_and_scores_follow(self, two: tuple[Company, Company], now: datetime) -> None:
        kept, gone = two
        before = dict(Score.objects.values_list("lead__email", "fit"))
        stored = merge(company_ids=(gone.pk, kept.pk), chosen={"custom.segment", "name"}, agent=AGENT, now=now)
        [company] = Company.objects.all()
        assert (company.pk, company.name, company.domain) == (kept.pk, "Acme", "acme.example")
        assert (company.industry, company.employees, company.country) == ("Tools", 120, "PT")
        assert company.custom == {"segment": "A", "region": "North"}
        assert set(Lead.objects.values_list("company", flat=True)) == {kept.pk}
        assert LeadEvent.objects.filter(lead__email="ada@acme.example", data={"fields": ["company"]}).count() == 1
        drain(now=now)
        after = dict(Score.objects.values_list("lead__email", "fit"))
        assert after["bob@acme.example"] == before["bob@acme.example"] + 10  # a company of 50 to 500 people, now
        assert stored.survivor == company

    def test_its_names_lead_to_the_survivor_for_ever(self, two: tuple[Company, Company], now: datetime) -> None:
        kept, gone = two
        Company.objects.filter(pk=gone.pk).update(name="Acme Tools", domain="acme-tools.example")
        stored = merge(company_ids=(gone.pk, kept.pk), agent=AGENT, now=now)
        said = [
            LeadInput(email="c@x.example", company="ACME tools"),
            LeadInput(email="d@x.example", company="Whatever", company_domain="acme-tools.example"),
        ]
        take_leads(said, agent=AGENT, now=now)
        assert Company.objects.count() == 1
        assert Lead.objects.filter(company=stored.survivor).count() == 4

    def test_two_again_as_they_were_but_for_what_came_since(self, two: tuple[Company, Company], now: datetime) -> None:
        kept, gone = two
        stored = merge(company_ids=(gone.pk, kept.pk), chosen={"name", "custom.segment"}, agent=AGENT, now=now)
        take_leads([LeadInput(email="new@acme.example", company_domain="acme.example")], agent=AGENT, now=now)
        Company.objects.filter(pk=kept.pk).update(country="ES")
        back = undo(merge_id=stored.pk, agent=AGENT, now=now + timedelta(days=29))
        assert (back.pk, back.name, back.domain, back.employees) == (gone.pk, "Acme", None, 120)
        kept.refresh_from_db()
        assert (kept.name, kept.employees, kept.country, kept.custom) == ("Acme Ltd", None, "ES", {"segment": "B"})
        assert list(back.leads.values_list("email", flat=True)) == ["ada@acme.example"]
        assert kept.leads.count() == 2
        assert not CompanyAlias.objects.exists()
        with pytest.raises(NotMergeable):
            undo(merge_id=stored.pk, agent=AGENT, now=now)

    def test_after_thirty_days_it_stays(self, two: tuple[Company, Company], now: datetime) -> None:
        stored = merge(company_ids=(two[0].pk, two[1].pk), agent=AGENT, now=now)
        with pytest.raises(NotMergeable):
            undo(merge_id=stored.pk, agent=AGENT, now=now + timedelta(days=31))
        with pytest.raises(NotMergeable):
            merge(company_ids=(two[0].pk, two[1].pk), agent=AGENT, now=now)


class TestPages:
    def test_from_the_list_to_one_record_and_back(
        self, client: Client, manager: User, rep: User, two: tuple[Company, Company], now: datetime
    ) -> None:
        find(COMPANIES, now=now)
        pair = CompanyDuplicate.objects.get()
        client.force_login(rep)
        address = reverse("leads:company_duplicate", args=[pair.public_id])
        assert client.post(address).status_code == 403
        client.force_login(manager)
        page = client.get(reverse("leads:company_duplicates")).content.decode()
        assert "same name but for the legal form" in page
        shown = client.get(address).content.decode()
        assert 'name="custom.segment"' in shown
        client.post(address, {"custom.segment": "gone"})
        assert Company.objects.get().custom["segment"] == "A"
        undoing = reverse("leads:company_undo_merge", args=[CompanyMerge.objects.get().public_id])
        assert undoing in client.get(reverse("leads:company_duplicates")).content.decode()
        client.post(undoing)
        assert Company.objects.count() == 2

    def test_all_certain_ones_at_once_and_two_that_are_two(
        self, client: Client, marketer: User, two: tuple[Company, Company], now: datetime
    ) -> None:
        say(now, {"name": "Acmee Ltd"})
        find(COMPANIES, now=now)
        client.force_login(marketer)
        not_one = CompanyDuplicate.objects.filter(is_certain=False)[0]
        client.post(reverse("leads:company_not_the_same", args=[not_one.public_id]))
        client.post(reverse("leads:company_merge_certain"))
        assert sorted(Company.objects.values_list("name", flat=True)) == ["Acme Ltd", "Acmee Ltd"]
