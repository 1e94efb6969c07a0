"""The page of channels: rules beside what came in, changed, tried and put in order."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.channel_rules.arrivals import Arrival
from capture.channel_rules.matching import channel_of
from capture.models import ChannelRule
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import ARRIVAL, Channel, Spend

pytestmark = pytest.mark.django_db
RULE = {"name": "The fair", "origin": "any", "sources": "Hannover, fair", "is_enabled": "on"}


def visit(*arrivals: Arrival, now: datetime) -> None:
    take_activities(
        [
            ActivityInput(
                message_id=str(place), type="page_view", lead=LeadInput(email="a@example.com"), occurred_at=now,
                channel=channel_of(arrival), properties={ARRIVAL: arrival.stored()},
            )
            for place, arrival in enumerate(arrivals)
        ],
        agent=Agent(name="test"), source="test", now=now,
    )  # fmt: skip


@pytest.fixture
def pages(client: Client, marketer: User) -> Client:
    client.force_login(marketer)
    return client


class TestPage:
    def test_it_counts_what_each_rule_took_and_names_what_none_took(self, pages: Client) -> None:
        now = timezone.now()
        visit(Arrival(referrer="google.com"), Arrival(referrer="google.com"), Arrival(source="zzz"), now=now)
        context = pages.get(reverse("channels:list")).context
        assert {row["rule"].name: row["visits"] for row in context["rows"] if row["visits"]} == {"Search engines": 2}
        assert [one.arrival.source for one in context["without_rule"]] == ["zzz"]

    def test_it_gathers_spellings_and_reads_one_as_another(self, pages: Client) -> None:
        visit(Arrival(source="linkedin"), Arrival(source="Linked-In"), now=timezone.now())
        assert pages.get(reverse("channels:list")).context["spellings"] == [["linked_in", "linkedin"]]
        pages.post(reverse("channels:spelling"), {"spelling": "linked_in", "counts_as": "linkedin"})
        assert not pages.get(reverse("channels:list")).context["spellings"]

    def test_it_names_what_was_paid_for_and_brought_nobody(self, pages: Client) -> None:
        now = timezone.now()
        visit(Arrival(referrer="google.com"), now=now)
        for key in ("organic_search", "paid_social"):
            Spend.objects.create(
                channel=Channel.objects.get(key=key),
                starts_on=now.date() - timedelta(days=5),
                ends_on=now.date(),
                amount=9,
            )
        assert [one.channel.key for one in pages.get(reverse("channels:list")).context["spend"]] == ["paid_social"]


class TestChanging:
    def test_a_new_rule_comes_first_and_counts_at_once(self, pages: Client) -> None:
        said = {**RULE, "channel": Channel.objects.get(key="event").pk}
        assert pages.post(reverse("channels:new"), said).status_code == 302
        assert ChannelRule.objects.order_by("position")[0].sources == ["hannover", "fair"]
        assert channel_of(Arrival(source="HANNOVER", medium="cpc")) == "event"

    def test_it_is_tried_without_being_saved(self, pages: Client) -> None:
        visit(Arrival(source="fair"), Arrival(referrer="google.com"), now=timezone.now())
        said = {**RULE, "channel": Channel.objects.get(key="event").pk, "try": "1"}
        moved = pages.post(reverse("channels:new"), said).context["moved"]
        assert {(one.channel, one.visits, one.visits_then) for one in moved} == {
            ("Event", 0, 1), ("Organic search", 1, 1), ("", 1, 0),
        }  # fmt: skip
        assert not ChannelRule.objects.filter(name="The fair").exists()

    def test_a_rule_is_changed_and_moved(self, pages: Client) -> None:
        rule = ChannelRule.objects.get(name="Search engines")
        address = reverse("channels:change", args=[rule.public_id])
        page = pages.get(address)
        assert page.context["form"]["site_kinds"].value() == ["search"]
        said = {"name": "Searches", "origin": "any", "site_kinds": ["search"], "channel": rule.channel_id}
        assert pages.post(address, said).status_code == 302
        rule.refresh_from_db()
        assert (rule.name, rule.is_enabled) == ("Searches", False)
        before = rule.position
        pages.post(reverse("channels:up", args=[rule.public_id]))
        rule.refresh_from_db()
        assert rule.position == before - 1

    def test_a_site_that_is_none_is_refused(self, pages: Client) -> None:
        said = {**RULE, "channel": Channel.objects.get(key="event").pk, "hosts": "partner.example nothing"}
        answer = pages.post(reverse("channels:new"), said)
        assert answer.status_code == 422
        assert "“nothing” is no site." in answer.content.decode()
