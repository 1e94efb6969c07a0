"""The columns of the list of leads: which, in which order, and whose choice it is."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.listing.columns import MOST_COLUMNS
from leads.models import Lead
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
LIST = "/leads/"


def heads(client: Client, address: str = LIST) -> list[str]:
    return [column.key for column in client.get(address).context["columns"]]


@pytest.fixture(autouse=True)
def _signed_in(client: Client, marketer: User, make_lead: MakeLead) -> None:
    make_lead(country="PT")
    client.force_login(marketer)


class TestColumns:
    def test_they_stand_in_the_order_that_was_chosen_and_stay(self, client: Client) -> None:
        usual = heads(client)
        assert heads(client, f"{LIST}?show=created&show=country&show=nothing") == ["created", "country"]
        assert heads(client) == ["created", "country"]
        assert ">PT<" in "".join(client.get(LIST).content.decode().split())
        assert heads(client, f"{LIST}?show=") == usual
        assert usual[:3] == ["stage", "status", "score"]

    def test_each_link_changes_the_choice_and_keeps_the_filters(self, client: Client) -> None:
        page = client.get(f"{LIST}?stage=lead&show=created&show=country")
        first, second = page.context["shown_columns"]
        assert (first.earlier_url, second.remove_url) == ("", "?stage=lead&show=created")
        assert heads(client, LIST + second.earlier_url) == ["country", "created"]
        add = {one.column.key: one.add_url for one in page.context["other_columns"]}
        assert heads(client, LIST + add["stage"]) == ["created", "country", "stage"]
        [last] = client.get(f"{LIST}?show=created").context["shown_columns"]
        assert last.remove_url == ""

    def test_there_are_only_so_many(self, client: Client) -> None:
        keys = [f"custom.{make_field('text', f'Field {number}').key}" for number in range(MOST_COLUMNS + 2)]
        assert len(heads(client, f"{LIST}?{'&'.join(f'show={key}' for key in keys)}")) == MOST_COLUMNS
        assert client.get(LIST).context["other_columns"] == []

    def test_every_column_can_be_shown(self, client: Client) -> None:
        for choice in client.get(reverse("leads:list")).context["other_columns"]:
            assert client.get(LIST + choice.add_url).status_code == 200
