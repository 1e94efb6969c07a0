"""A link of our own mail says whose browser it is: on the website it leads to, for ten minutes, and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from capture.library.links import delivery_path
from capture.models import AnonymousCount, Identification, Site, Submission
from capture.sites.adding import add_site
from capture.tracking.handing_on import LASTS, NAME, sign_of
from capture.web_forms.links import confirm_link, form_link
from leads.consent.ledger import withdraw
from leads.consent.preferences import preference_path
from leads.events import Agent
from leads.models import Asset, Lead
from lib import clock
from tests.capture.tracking.test_visitors import collect, page, pages_of, site
from tests.capture.web_forms.conftest import new_form

pytestmark = pytest.mark.django_db
__all__ = ["site"]  # a fixture


def sign_in(address: str) -> str:
    return parse_qs(urlsplit(address).query).get(NAME, [""])[0]


def follow(sign: str, **context: Any) -> None:
    """What the script sends of a browser that was sent on with the sign."""
    collect(page(), {"type": "identify", "traits": {"firstName": "Eve"}, "context": {"token": sign, **context}})


@pytest.fixture
def ana(make_lead: Callable[..., Lead]) -> Lead:
    return make_lead(email="ana@example.com", first_name="Ana")


@pytest.fixture
def lands(site: Site, ana: Lead) -> Callable[[str], str]:
    """`lands("delivery")`: where the link of a mail to Ana leads, once she has pressed the button there."""
    there = "https://example.com/thanks?a=b"

    def press(link: str) -> str:
        now = clock.now()
        if link == "delivery":
            path = delivery_path(Asset.objects.create(key="Guide", name="Guide", url=there), ana, now=now)
            return str(Client().post(path)["Location"])
        form = new_form(redirect_url=there, needs_confirmation=link == "confirmation", least_seconds=0, now=now)
        address = form_link(form, ana) if link == "form" else reverse("public_forms:page", args=[form.public_id])
        shown = Client().get(address)
        answer = Client().post(address, {"email": "ana@example.com", "_shown": _mark(shown)})
        if link != "confirmation":
            return str(answer["Location"])
        return str(Client().post(urlsplit(confirm_link(Submission.objects.get())).path)["Location"])

    return press


def _mark(shown: Any) -> str:
    return str(shown.content.decode().split('name="_shown" value="')[1].split('"')[0])


class TestLinks:
    @pytest.mark.parametrize("link", ["delivery", "form", "confirmation"])
    def test_the_visits_before_and_after_are_the_leads(self, link: str, lands: Callable[[str], str]) -> None:
        address = lands(link)
        assert address.startswith("https://example.com/thanks?a=b&")
        assert "ana" not in address
        collect(page("/pricing"))
        follow(sign_in(address))
        one = Identification.objects.get()
        assert (one.lead.email, one.is_verified) == ("ana@example.com", True)
        assert pages_of("ana@example.com") == ["/pricing", "/pricing"]
        assert Lead.objects.get(email="ana@example.com").first_name == "Ana"  # it says who it is, and nothing of her

    def test_who_only_types_an_address_that_is_known_is_not_sent_on_with_a_sign(self, site: Site, ana: Lead) -> None:
        form = new_form(redirect_url="https://example.com/thanks", least_seconds=0)
        address = reverse("public_forms:page", args=[form.public_id])
        answer = Client().post(address, {"email": "ana@example.com", "_shown": _mark(Client().get(address))})
        assert answer["Location"] == "https://example.com/thanks"

    def test_an_address_of_no_site_gets_nothing(self, site: Site, ana: Lead) -> None:
        asset = Asset.objects.create(key="Guide", name="Guide", url="https://elsewhere.example/guide?x=1")
        answer = Client().post(delivery_path(asset, ana, now=clock.now()))
        assert answer["Location"] == "https://elsewhere.example/guide?x=1"


class TestSign:
    @pytest.mark.parametrize("why", ["too old", "changed", "of another site", "denied", "GPC", "withdrawn"])
    def test_it_proves_nothing(self, why: str, site: Site, ana: Lead, now: datetime) -> None:
        moment = clock.now()
        sign = sign_of(ana, site, now=moment - LASTS if why == "too old" else moment)
        if why == "changed":
            sign = f"{sign[:-2]}xx"
        if why == "of another site":
            other = add_site(name="Other", origins=["https://other.example"], actor=None, now=now)
            sign = sign_of(ana, other, now=moment)
        if why == "withdrawn":
            withdraw(lead_id=ana.pk, purpose="tracking", source="test", agent=Agent(name="test"), now=moment)
        message = {"type": "identify", "context": {"token": sign, "consent": "denied" if why == "denied" else ""}}
        collect(page(), message, headers={"Sec-GPC": "1"} if why == "GPC" else None)
        assert not Identification.objects.exists()
        assert Lead.objects.count() == 1


class TestOnTheWebsiteItself:
    def test_pages_behind_a_link_tell_the_browser_where_baton_stands_on_the_website(
        self, site: Site, ana: Lead, settings: Settings
    ) -> None:
        asset = Asset.objects.create(key="Guide", name="Guide", url="https://elsewhere.example/guide")
        with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False):
            now = clock.now()
            pages = [delivery_path(asset, ana, now=now), preference_path(ana, now=now), form_link(new_form(), ana)]
            assert not any("data-sign" in Client().get(path).content.decode() for path in pages)
            settings.BASE_URL = "https://example.com"
            for path in pages:
                text = Client().get(path).content.decode()
                sign = text.split('data-sign="')[1].split('"')[0]
                Identification.objects.all().delete()
                follow(sign)
                assert Identification.objects.get().lead == ana


class TestObjection:
    def test_who_takes_tracking_back_is_not_tracked_in_browsers_that_are_theirs(self, site: Site, ana: Lead) -> None:
        now = clock.now()
        follow(sign_of(ana, site, now=now))
        withdraw(lead_id=ana.pk, purpose="tracking", source="preference page", agent=Agent(name="test"), now=now)
        collect(page("/blog"))
        assert pages_of("ana@example.com") == ["/pricing"]
        assert [row.page for row in AnonymousCount.objects.all()] == ["/blog"]
        collect({"type": "track", "event": "Consent Given"})
        collect(page("/case-studies"))
        assert pages_of("ana@example.com") == ["/pricing", "/case-studies"]
