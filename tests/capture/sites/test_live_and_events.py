"""Whoever connects a site sees what comes in, says what its events are, and decides about claims."""

import json
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture import inbox
from capture.models import EventMeaning, Identification, QuarantinedEvent, Sighting, Site
from capture.segment.seen import MOST_SHOWN
from capture.sites.adding import add_site
from capture.tracking.joining import join_due
from leads.models import Activity, ActivityType, Lead
from lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(now: datetime) -> Site:
    return add_site(name="Website", origins=["https://example.com"], actor=None, now=now)


@pytest.fixture
def page(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


def collect(*messages: dict[str, Any]) -> None:
    batch = [{"messageId": f"m{place}", "anonymousId": "v1", **one} for place, one in enumerate(messages)]
    headers = {"Origin": "https://example.com"}
    Client().post("/w/website/e", json.dumps({"batch": batch}), "text/plain", headers=headers)
    drain()


def drain() -> None:
    inbox.drain(clock=clock.now, until=monotonic() + 20)
    join_due(clock=clock.now, until=monotonic() + 20)


def visit(path: str, **more: Any) -> dict[str, Any]:
    place = {"url": f"https://example.com{path}", "referrer": "https://www.google.com/"}
    return {"type": "page", "context": {"page": place}, **more}


class TestLive:
    def test_it_waits_and_then_shows_the_visits(self, page: Client, site: Site) -> None:
        address = reverse("connect:live", args=[site.slug])
        assert "Waiting for the first visit" in page.get(address).content.decode()
        assert address in page.get(reverse("connect:detail", args=[site.slug])).content.decode()
        collect({"type": "identify", "traits": {"email": "ada@example.com"}}, visit("/pricing"))
        collect({"type": "track", "event": "Odd Thing", "messageId": "x"})
        shown = page.get(address).content.decode()
        for words in ("/pricing", "pricing", "Organic search", "person", "Odd Thing", "nothing says yet what it is"):
            assert words in shown
        assert reverse("leads:detail", args=[Lead.objects.get().public_id]) in shown

    def test_only_the_latest_are_kept(self, site: Site) -> None:
        for number in range(8):
            collect(*(visit("/", messageId=f"{number}-{place}") for place in range(12)))
        assert Sighting.objects.count() == MOST_SHOWN

    def test_what_comes_in_is_escaped(self, page: Client, site: Site) -> None:
        collect({"type": "track", "event": "<script>alert(1)</script>"}, visit("/<script>alert(2)</script>"))
        for address in ("connect:live", "connect:events"):
            assert "<script>alert" not in page.get(reverse(address, args=[site.slug])).content.decode()


class TestEvents:
    def test_a_name_gets_a_meaning_and_what_was_kept_is_taken(self, page: Client, site: Site) -> None:
        collect({"type": "identify", "traits": {"email": "ada@example.com"}}, {"type": "track", "event": "Tour Booked"})
        address = reverse("connect:events", args=[site.slug])
        assert "nothing yet, it is kept" in page.get(address).content.decode()
        assert QuarantinedEvent.objects.get().code == "unmapped"
        demo = ActivityType.objects.get(key="demo_requested")
        looked = page.post(address, {"pattern": "tour*", "type": demo.pk, "look": "1"})
        assert "Tour Booked" in looked.content.decode()
        assert not EventMeaning.objects.exists()
        assert page.post(address, {"pattern": "tour*", "type": demo.pk}).status_code == 302
        taken = page.post(reverse("connect:event_replay", args=[site.slug]), follow=True)
        assert "1 kept event was taken." in taken.content.decode()
        assert Activity.objects.get().type == demo
        again = page.post(reverse("connect:event_replay", args=[site.slug]), follow=True)
        assert "0 kept events were taken." in again.content.decode()
        assert Activity.objects.count() == 1

    def test_a_line_of_ones_own_goes_before_what_baton_knows(self, page: Client, site: Site) -> None:
        address = reverse("connect:events", args=[site.slug])
        page.post(address, {"pattern": "Demo Requested", "type": ""})
        collect({"type": "track", "event": "Demo Requested"})
        assert not QuarantinedEvent.objects.exists()
        assert "nothing, it is of no use" in page.get(address).content.decode()
        page.post(reverse("connect:event_remove", args=[site.slug, EventMeaning.objects.get().pk]))
        assert not EventMeaning.objects.exists()

    @pytest.mark.parametrize("pattern", ["*", "-", "", "demo REQUESTED"])
    def test_a_line_that_would_be_for_everything_or_is_there_is_refused(
        self, page: Client, site: Site, pattern: str
    ) -> None:
        EventMeaning.objects.create(site=site, pattern="Demo Requested", pattern_key="demorequested")
        answer = page.post(reverse("connect:events", args=[site.slug]), {"pattern": pattern})
        assert answer.status_code == 422


class TestCandidates:
    @pytest.mark.parametrize(("decision", "pages"), [("confirm", 1), ("drop", 0)])
    def test_a_claim_is_decided(
        self, page: Client, site: Site, make_lead: Callable[..., Lead], decision: str, pages: int
    ) -> None:
        lead = make_lead(email="ceo@example.com", first_name="Cleo")
        collect(visit("/pricing"), {"type": "identify", "traits": {"email": "ceo@example.com", "firstName": "Eve"}})
        shown = page.get(reverse("connect:candidates")).content.decode()
        assert "Cleo" in shown
        assert "Eve" in shown
        one = Identification.objects.get()
        page.post(reverse("connect:candidate_decide", args=[one.pk]), {"decision": decision})
        drain()
        assert lead.activities.count() == pages
        assert "Nobody has to be decided about" in page.get(reverse("connect:candidates")).content.decode()
        again = page.post(reverse("connect:candidate_decide", args=[one.pk]), {"decision": "drop"}, follow=True)
        assert "has decided about this already" in again.content.decode()
