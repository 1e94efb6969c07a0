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


def choose(client: Client, columns: str, query: str = "") -> str:
    """Presses a button of the form; where it leads to."""
    answer = client.post(reverse("leads:columns"), {"columns": columns, "query": query})
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.fixture(autouse=True)
def _signed_in(client: Client, marketer: User, make_lead: MakeLead) -> None:
    make_lead(country="PT")
    client.force_login(marketer)


class TestColumns:
    def test_they_stand_in_the_order_that_was_chosen_and_stay(self, client: Client) -> None:
        usual = heads(client)
        assert heads(client, choose(client, "created,country,nothing")) == ["created", "country"]
        assert heads(client) == ["created", "country"]
        assert ">PT<" in "".join(client.get(LIST).content.decode().split())
        assert heads(client, choose(client, "")) == heads(client) == usual
        assert usual[:3] == ["stage", "status", "score"]

    def test_an_address_shows_others_and_keeps_nothing(self, client: Client) -> None:
        """Whoever follows a link of somebody else, or whose browser loads it before they press, chooses nothing."""
        usual = heads(client)
        assert heads(client, f"{LIST}?show=country") == ["country"]
        assert heads(client) == usual
        assert client.get(reverse("leads:columns")).status_code == 405

    def test_each_button_changes_the_choice_and_keeps_the_filters(self, client: Client) -> None:
        page = client.get(f"{LIST}?stage=lead&show=created&show=country")
        first, second = page.context["shown_columns"]
        assert (first.earlier, second.without) == ("", "created")
        address = choose(client, second.earlier, "stage=lead&show=created&show=country")
        assert address == f"{LIST}?stage=lead&show=country&show=created"
        add = {one.column.key: one.added for one in page.context["other_columns"]}
        assert heads(client, choose(client, add["stage"])) == ["created", "country", "stage"]
        [last] = client.get(f"{LIST}?show=created").context["shown_columns"]
        assert last.without == ""

    def test_those_of_a_saved_view_are_of_its_address(self, client: Client) -> None:
        usual = heads(client)
        assert heads(client, choose(client, "country", "view=any")) == ["country"]
        assert heads(client) == usual

    def test_there_are_only_so_many(self, client: Client) -> None:
        keys = [f"custom.{make_field('text', f'Field {number}').key}" for number in range(MOST_COLUMNS + 2)]
        assert len(heads(client, choose(client, ",".join(keys)))) == MOST_COLUMNS
        assert client.get(LIST).context["other_columns"] == []

    def test_every_column_can_be_shown(self, client: Client) -> None:
        for choice in client.get(reverse("leads:list")).context["other_columns"]:
            assert client.get(choose(client, choice.added)).status_code == 200
