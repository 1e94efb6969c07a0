"""What people take for one name is one channel, company, page, asset: whatever its letters, quotes, signs and case."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.models import Asset, Campaign, Channel, Company, Lead, Page
from scoring.models import ScoreRequest

pytestmark = pytest.mark.django_db
AGENT = Agent(name="test")
COMPOSED = "Caf\u00e9"
DECOMPOSED = "Cafe\u0301"


def take(*leads: LeadInput, now: datetime) -> None:
    take_leads(leads, agent=AGENT, now=now)


class TestOneName:
    @pytest.mark.parametrize(
        "names",
        [
            ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "Παπαδοπουλος", "παπαδοπουλοσ"),
            (COMPOSED, DECOMPOSED, "CAFÉ"),
            ("O’Brien & Co", "O'Brien  & Co", "o\u02bcbrien & co\u200e"),
        ],
    )
    def test_a_company_in_one_call_and_in_several(self, names: tuple[str, ...], now: datetime) -> None:
        take(*(LeadInput(email=f"a{n}@example.com", company=name) for n, name in enumerate(names)), now=now)
        for number, name in enumerate(names):
            take(LeadInput(email=f"b{number}@example.com", company=name), now=now)
        assert Company.objects.get().name == names[0]
        assert Lead.objects.filter(company__name=names[0]).count() == 2 * len(names)

    def test_a_channel_and_a_campaign(self, now: datetime) -> None:
        take(
            LeadInput(email="a@example.com", channel=f"{COMPOSED} Ads", campaign="STRASSE"),
            LeadInput(email="b@example.com", channel=f"{DECOMPOSED.upper()}-ads", campaign="Straße"),
            now=now,
        )
        assert Channel.objects.filter(needs_mapping=True).count() == 1
        assert Campaign.objects.get().key == "strasse"

    @pytest.mark.parametrize("same", ["/caf%C3%A9", "/caf%c3%a9", "/cafe\u0301/", "https://a.example/Caf%C3%A9?x=1"])
    def test_a_page(self, same: str, now: datetime) -> None:
        take(LeadInput(email="a@example.com", landing_page="/café"), now=now)
        take(LeadInput(email="b@example.com", landing_page=same), now=now)
        assert Page.objects.get().key == "/café"

    @pytest.mark.parametrize("path", ["/caf%E9", "/a%00b", "/100%", "/%zz"])
    def test_signs_that_are_no_text_stay_as_they_are(self, path: str, now: datetime) -> None:
        take(LeadInput(email="a@example.com", landing_page=path), now=now)
        assert Page.objects.get().key == path

    def test_an_asset(self, now: datetime) -> None:
        looked = [
            ActivityInput(
                message_id=key, type="download", asset=key, lead=LeadInput(email="a@example.com"), occurred_at=now
            )
            for key in ("LM_Guide_Jan2026", "lm_guide_jan2026", "ＬＭ_Guide_Jan2026")
        ]
        take_activities(looked, agent=AGENT, source="test", now=now)
        assert Asset.objects.get().key == "LM_Guide_Jan2026"

    def test_a_name_of_which_nothing_is_seen_is_none(self, now: datetime) -> None:
        take(LeadInput(email="a@example.com", company="\u200b", channel="\u200e", landing_page="\u2060"), now=now)
        assert not Company.objects.exists()
        assert not Page.objects.exists()
        assert Lead.objects.get().first_touch_at is None

    def test_a_letter_that_becomes_eighteen_fits(self, now: datetime) -> None:
        take(LeadInput(email="a@example.com", company="\ufdfa" * 200, landing_page="/" + "\ufdfa" * 499), now=now)
        assert Company.objects.get().name == "\ufdfa" * 200
        assert len(Page.objects.get().key) == 500


class TestCompanyThatGetsADomain:
    """A company is often known by its name first: from a form, a year before its website is."""

    def test_it_stays_one_company(self, now: datetime) -> None:
        take(LeadInput(email="a@example.com", company="Acme", employees=120), now=now)
        take(LeadInput(email="b@example.com", company="ACME", company_domain="acme.example"), now=now)
        take(LeadInput(email="c@example.com", company="Acme"), now=now)
        company = Company.objects.get()
        assert (company.domain, company.employees, company.leads.count()) == ("acme.example", 120, 3)

    def test_in_one_call_too(self, now: datetime) -> None:
        take(
            LeadInput(email="b@example.com", company="ACME", company_domain="acme.example"),
            LeadInput(email="a@example.com", company="Acme"),
            now=now,
        )
        assert Company.objects.get().domain == "acme.example"

    def test_a_row_that_brings_it_is_a_changed_row_once(self, now: datetime) -> None:
        lead = LeadInput(email="a@example.com", company="Acme")
        take(lead, now=now)
        with_domain = LeadInput(email="a@example.com", company="Acme", company_domain="acme.example")
        results = [take_leads([each], agent=AGENT, now=now)[0] for each in (with_domain, with_domain)]
        assert [result.outcome for result in results if isinstance(result, Taken)] == ["updated", "unchanged"]

    def test_all_its_leads_are_scored_again(self, now: datetime) -> None:
        take(LeadInput(email="a@example.com", company="Acme"), now=now)
        ScoreRequest.objects.all().delete()
        take(LeadInput(email="b@example.com", company="Acme", company_domain="acme.example"), now=now)
        assert ScoreRequest.objects.count() == 2

    def test_another_domain_is_another_company_of_that_name(self, now: datetime) -> None:
        take(LeadInput(email="a@example.com", company="Acme"), now=now)
        take(
            LeadInput(email="b@example.com", company="Acme", company_domain="acme.example"),
            LeadInput(email="c@example.com", company="Acme", company_domain="acme.test"),
            now=now,
        )
        assert list(Company.objects.order_by("pk").values_list("domain", flat=True)) == ["acme.example", "acme.test"]
        assert Lead.objects.get(email="a@example.com").company == Company.objects.get(domain="acme.example")

    def test_a_domain_that_is_known_keeps_its_company(self, now: datetime) -> None:
        take(LeadInput(email="a@example.com", company="Umbrella", company_domain="acme.example"), now=now)
        take(LeadInput(email="b@example.com", company="Acme"), now=now)
        take(LeadInput(email="c@example.com", company="Acme", company_domain="acme.example"), now=now)
        assert Company.objects.get(name="Acme").domain is None
        assert Lead.objects.get(email="c@example.com").company == Company.objects.get(name="Umbrella")


class TestAdmin:
    @pytest.mark.parametrize(("model", "key"), [("page", "/PRICING"), ("asset", "lm_guide")])
    def test_another_spelling_of_what_is_there_is_refused(
        self, model: str, key: str, client: Client, marketer: User
    ) -> None:
        Page.objects.create(key="/pricing")
        Asset.objects.create(key="LM_Guide", name="Guide")
        client.force_login(marketer)
        form = {"key": key, "name": "A", "category": "other", "kind": "other"}
        answer = client.post(reverse(f"admin:leads_{model}_add"), form)
        assert "perhaps in another spelling" in answer.content.decode()

    def test_a_channel_is_stored_by_the_key_that_intake_asks_for(
        self, client: Client, marketer: User, now: datetime
    ) -> None:
        client.force_login(marketer)
        client.post(reverse("admin:leads_channel_add"), {"key": "Trade-Fair Süd", "name": "Trade fair"})
        take(LeadInput(email="a@example.com", channel="trade fair süd"), now=now)
        assert Lead.objects.get().first_channel == Channel.objects.get(name="Trade fair")
        answer = client.post(reverse("admin:leads_channel_add"), {"key": "TRADE FAIR SÜD", "name": "Again"})
        assert "already exists" in answer.content.decode()
