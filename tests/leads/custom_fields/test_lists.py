"""Lists of leads by custom fields: narrowed on the page and in the API, shown as columns, given out by the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from leads.models import Lead
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(make_lead: Callable[..., Lead]) -> list[Lead]:
    make_field("number", "Visits")
    make_field("text", "Hobby")
    make_field("date", "Ends")
    make_field("some_of", "Products", choices=("Baton", "Relay"))
    make_field("text", "Age", is_sensitive=True)
    make_field("one_of", "Tier", about="company", choices=("Gold", "Silver"))
    return [
        make_lead(email="a@example.com", custom={"visits": 9, "hobby": "Free climbing", "age": "9"}),
        make_lead(email="b@example.com", custom={"visits": 10.5, "ends": "2026-12-31", "products": ["Relay"]}),
        make_lead(email="c@example.com", company="Acme", company_custom={"tier": "gold"}),
        make_lead(email="d@example.com"),
    ]


CASES = [
    ("custom.visits", "equals", "9", "a"),
    ("custom.visits", "min", "10", "b"),
    ("custom.visits", "max", "10", "a"),
    ("custom.visits", "has_value", "", "ab"),
    ("custom.hobby", "equals", "FREE  climbing", "a"),
    ("custom.hobby", "contains", "climb", "a"),
    ("custom.hobby", "contains", "100%", ""),
    ("custom.ends", "min", "2026-12-31", "b"),
    ("custom.products", "equals", "relay", "b"),
    ("company_custom.tier", "equals", "Gold", "c"),
    ("company_custom.tier", "has_value", "", "c"),
]


class TestNarrowing:
    @pytest.mark.parametrize(("path", "comparison", "value", "names"), CASES)
    def test_the_page_and_the_api_find_the_same(
        self, path: str, comparison: str, value: str, names: str, leads: list[Lead], client: Client, marketer: User,
        api_key: tuple[ApiKey, str],
    ) -> None:  # fmt: skip
        key = {"authorization": f"Bearer {api_key[1]}"}
        answer = client.get("/api/v1/leads", {f"{path}.{comparison}": value or "true"}, headers=key).json()
        assert "results" in answer, answer
        assert sorted(lead["email"][0] for lead in answer["results"]) == list(names)
        client.force_login(marketer)
        asked = {"custom": path, "compare": comparison, "value": value}
        page = client.get(reverse("leads:list"), asked).context["page"]
        assert sorted(lead.email[0] for lead in page.object_list) == list(names)

    def test_a_plain_name_is_equality(self, leads: list[Lead], client: Client, api_key: tuple[ApiKey, str]) -> None:
        key = {"authorization": f"Bearer {api_key[1]}"}
        answer = client.get("/api/v1/leads", {"custom.visits": "9"}, headers=key).json()
        assert [lead["email"] for lead in answer["results"]] == ["a@example.com"]

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("custom.gone", "1", "custom.gone is no field here."),
            ("custom.age", "9", "custom.age is no field here."),
            ("custom.visits.contains", "9", "cannot be compared in this way"),
            ("custom.visits.drop", "9", "cannot be compared in this way"),
            ("custom.visits", "many", "has to be a number"),
            ("custom.visits", "", "This filter is empty"),
        ],
    )
    def test_the_api_says_what_cannot_be_asked(
        self, name: str, value: str, words: str, leads: list[Lead], client: Client, api_key: tuple[ApiKey, str]
    ) -> None:
        answer = client.get("/api/v1/leads", {name: value}, headers={"authorization": f"Bearer {api_key[1]}"})
        assert answer.status_code == 400
        assert words in answer.content.decode()

    def test_the_page_says_it_at_the_value(self, leads: list[Lead], client: Client, marketer: User) -> None:
        client.force_login(marketer)
        asked = {"custom": "custom.visits", "compare": "equals", "value": "many"}
        assert "Visits has to be a number." in client.get(reverse("leads:list"), asked).content.decode()

    def test_without_fields_nothing_is_offered(self, client: Client, marketer: User, make_lead: Any) -> None:
        make_lead()
        client.force_login(marketer)
        assert "Custom field" not in client.get(reverse("leads:list")).content.decode()


class TestColumns:
    def test_a_column_is_shown_and_stays_chosen(self, leads: list[Lead], client: Client, marketer: User) -> None:
        client.force_login(marketer)
        chosen = "stage,custom.visits,company_custom.tier,custom.age"
        first = client.post(reverse("leads:columns"), {"columns": chosen}, follow=True)
        again = client.get(reverse("leads:list"))
        for page in (first, again):
            assert [column.label for column in page.context["columns"]] == ["Stage", "Visits", "Tier"]
            assert "10.5" in page.content.decode()
            assert "Gold" in page.content.decode()
        usual = client.get(reverse("leads:list"), {"show": ""}).context["columns"]
        assert "Visits" not in [column.label for column in usual]


class TestApi:
    def test_values_go_in_and_out(self, leads: list[Lead], client: Client, api_key: tuple[ApiKey, str]) -> None:
        key = {"authorization": f"Bearer {api_key[1]}"}
        said = {
            "email": "e@example.com", "company": "E", "custom": {"visits": "1,200", "products": ["Baton"], "age": "50"},
            "company_custom": {"tier": "Silver"},
        }  # fmt: skip
        answer = client.post("/api/v1/leads", said, content_type="application/json", headers=key)
        assert answer.status_code == 201
        assert answer.json()["custom"] == {"visits": 1200, "products": ["baton"]}
        assert answer.json()["company_custom"] == {"tier": "silver"}
        assert Lead.objects.get(email="e@example.com").custom["age"] == "50"

    @pytest.mark.parametrize(
        ("custom", "field"), [({"visits": "x"}, "custom.visits"), ({"gone": 1}, "custom.gone"), ([1], "custom")]
    )
    def test_what_cannot_be_read_is_refused_by_name(
        self, custom: object, field: str, leads: list[Lead], client: Client, api_key: tuple[ApiKey, str]
    ) -> None:
        said = {"email": "e@example.com", "custom": custom}
        answer = client.post(
            "/api/v1/leads", said, content_type="application/json", headers={"authorization": f"Bearer {api_key[1]}"}
        )
        assert answer.status_code == 422
        assert field in answer.content.decode()
