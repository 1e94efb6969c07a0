"""Tags: free words on leads, added and taken away of many at once, joined when they are heard of again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.custom_fields.kinds import MOST_TAGS
from leads.events import Agent
from leads.exporting.columns import columns_of_leads
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.merging.merging import merge
from leads.models import BulkChange, CustomField, Lead, LeadEvent
from scoring.registry.custom_fit_fields import custom_fit_field
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


@pytest.fixture(autouse=True)
def _defined(db: None) -> None:
    make_field("tags", "Tags", key="tags")


@pytest.fixture
def leads(make_lead: MakeLead) -> list[Lead]:
    """One is a VIP, one has another tag as well, one has none."""
    tags: list[dict[str, Any]] = [{"tags": ["vip"]}, {"tags": ["trade fair", "vip"]}, {}]
    return [make_lead(last_name=f"L{number}", custom=custom) for number, custom in enumerate(tags)]


def tags() -> list[list[str] | None]:
    return [lead.custom.get("tags") for lead in Lead.objects.order_by("last_name")]


def choose(client: Client, doing: str) -> BulkChange:
    client.post(reverse("leads:bulk_choose"), {"doing": doing, "all": "1"})
    change: BulkChange = BulkChange.objects.latest("pk")
    return change


def say(client: Client, change: BulkChange, doing: str, value: str, **said: str) -> str:
    data = {"doing": doing, "value": value, **said}
    return client.post(reverse("leads:bulk_do", args=[change.public_id]), data, follow=True).content.decode()


class TestMany:
    def test_all_get_one_beside_those_they_have_and_lose_it_again(
        self, client: Client, marketer: User, leads: list[Lead]
    ) -> None:
        client.force_login(marketer)
        change = choose(client, "add_tags")
        asked = say(client, change, "add_tags", "Trade fair")
        assert "2 leads get the tag, beside those they have." in asked
        assert "1 lead is so already" in asked
        assert "2 leads were changed." in say(client, change, "add_tags", "Trade fair", is_confirmed="on")
        assert tags() == [["trade fair", "vip"], ["trade fair", "vip"], ["trade fair"]]
        taken = client.post(reverse("leads:bulk_undo", args=[change.public_id]), follow=True).content.decode()
        assert "2 leads are as before again" in taken
        assert tags() == [["vip"], ["trade fair", "vip"], None]

    def test_one_is_taken_away_and_the_others_stay(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        change = choose(client, "take_tags")
        assert "2 leads lose the tag; their others stay." in say(client, change, "take_tags", "VIP")
        say(client, change, "take_tags", "VIP", is_confirmed="on")
        assert tags() == [None, ["trade fair"], None]

    def test_a_tag_has_to_be_said_and_stays_in_the_form(
        self, client: Client, marketer: User, leads: list[Lead]
    ) -> None:
        client.force_login(marketer)
        change = choose(client, "add_tags")
        assert "This field is required" in say(client, change, "add_tags", " ")
        assert "x" * 51 in say(client, change, "add_tags", "x" * 51)
        assert tags() == [["vip"], ["trade fair", "vip"], None]

    def test_whoever_has_as_many_as_are_kept_stays_as_it_is(
        self, client: Client, marketer: User, leads: list[Lead]
    ) -> None:
        most = sorted(f"t{number}" for number in range(MOST_TAGS))
        Lead.objects.filter(pk=leads[0].pk).update(custom={"tags": most})
        client.force_login(marketer)
        change = choose(client, "add_tags")
        assert "2 leads were changed." in say(client, change, "add_tags", "new", is_confirmed="on")
        assert tags()[0] == most

    def test_of_several_fields_one_is_chosen_first(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        make_field("tags", "Events", key="events")
        make_field("text", "Hobby")
        client.force_login(marketer)
        change = choose(client, "add_tags")
        asked = client.get(reverse("leads:bulk", args=[change.public_id]), {"doing": "add_tags"}).content.decode()
        assert "Events" in asked
        assert "Hobby" not in asked
        say(client, change, "add_tags", "Fair", field="events", is_confirmed="on")
        assert {lead.custom["events"][0] for lead in Lead.objects.all()} == {"fair"}

    def test_without_a_field_for_them_it_is_not_offered(
        self, client: Client, marketer: User, leads: list[Lead]
    ) -> None:
        client.force_login(marketer)
        assert "add_tags" in dict(client.get("/leads/").context["doings"])
        CustomField.objects.update(retired_at="2026-03-10T09:00Z")
        assert "add_tags" not in dict(client.get("/leads/").context["doings"])


class TestEverywhere:
    def test_a_file_or_a_program_adds_and_takes_none_away(self, leads: list[Lead], now: datetime) -> None:
        lead = leads[1]
        heard = LeadInput(email=lead.email, custom={"tags": "Newsletter"})
        [taken] = take_leads([heard, heard], agent=Agent(name="test"), now=now)[:1]
        assert isinstance(taken, Taken)
        assert taken.outcome == "updated"
        assert tags()[1] == ["newsletter", "trade fair", "vip"]

    def test_two_that_are_one_person_have_those_of_both(self, leads: list[Lead], now: datetime) -> None:
        Lead.objects.filter(pk=leads[0].pk).update(custom={"tags": ["a"]})
        stored = merge(lead_ids=(leads[0].pk, leads[1].pk), chosen=["custom.tags"], agent=Agent(name="test"), now=now)
        assert stored.survivor.custom == {"tags": ["a", "trade fair", "vip"]}

    def test_the_list_is_narrowed_by_one(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        page = client.get("/leads/?custom=custom.tags&compare=equals&value=VIP&show=custom.tags")
        assert page.context["page"].paginator.count == 2
        assert "trade fair, vip" in page.content.decode()

    def test_the_page_of_a_lead_writes_them_with_commas(
        self, client: Client, marketer: User, leads: list[Lead]
    ) -> None:
        client.force_login(marketer)
        url = reverse("leads:edit", args=[leads[1].public_id])
        assert 'value="trade fair, vip"' in client.get(url).content.decode()

    def test_a_file_brings_them_back_as_they_went(self, leads: list[Lead]) -> None:
        [written] = [one.value(leads[1]) for one in columns_of_leads(None) if one.head == "custom.tags"]
        assert written == "trade fair;vip"

    def test_the_timeline_tells_of_it(self, client: Client, marketer: User, leads: list[Lead]) -> None:
        client.force_login(marketer)
        say(client, choose(client, "add_tags"), "add_tags", "New", is_confirmed="on")
        event = LeadEvent.objects.filter(lead=leads[0], kind="lead.changed").get()
        assert event.data["after"] == {"custom.tags": ["new", "vip"]}

    def test_rules_ask_for_them_as_for_choices(self) -> None:
        field = custom_fit_field("custom_tags")
        assert field is not None
        assert field.spelled is not None
        assert field.spelled("Trade  Fair") == "trade fair"
