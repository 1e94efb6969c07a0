"""What the search suggests while somebody types."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Lead

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def suggested(client: Client, text: str) -> tuple[list[str], list[str]]:
    context = client.post(reverse("leads:suggest"), {"q": text}).context
    return [lead.name for lead in context["leads"]], [company.name for company in context["companies"]]


@pytest.fixture(autouse=True)
def _known(make_lead: MakeLead) -> None:
    make_lead(first_name="Ada", last_name="Lovelace", company="Analytical Engines", email="ada@x.example")
    make_lead(first_name="Adam", last_name="Smith", company="Adamas")


def test_leads_and_companies_that_begin_so(client: Client, marketer: User) -> None:
    client.force_login(marketer)
    assert suggested(client, "ada") == (["Ada Lovelace", "Adam Smith"], ["Adamas"])
    assert suggested(client, "ANALY") == (["Ada Lovelace"], ["Analytical Engines"])
    assert suggested(client, "ada@x.example") == (["Ada Lovelace"], [])
    assert "No lead and no company" in client.post(reverse("leads:suggest"), {"q": "zzz"}).content.decode()


@pytest.mark.parametrize("text", ["", "a", " ", "%", "\u202e", "x" * 100_000])
def test_too_little_and_too_much_is_nothing(client: Client, marketer: User, text: str) -> None:
    client.force_login(marketer)
    assert suggested(client, text) == ([], [])


def test_what_no_text_can_hold_is_no_error_of_ours(client: Client, marketer: User) -> None:
    client.force_login(marketer)
    assert client.post(reverse("leads:suggest"), {"q": "\x00"}).status_code == 400


def test_signs_are_signs(client: Client, marketer: User) -> None:
    client.force_login(marketer)
    assert suggested(client, "%a") == (["Ada Lovelace", "Adam Smith"], [])  # of words the sign is no part
    assert suggested(client, "__")[1] == []


def test_a_rep_is_told_of_their_own(client: Client, rep: User) -> None:
    client.force_login(rep)
    assert suggested(client, "ada") == ([], [])
    Lead.objects.filter(first_name="Adam").update(owner=rep)
    assert suggested(client, "ada") == (["Adam Smith"], ["Adamas"])


def test_there_are_only_so_many(client: Client, marketer: User, make_lead: MakeLead) -> None:
    for number in range(9):
        make_lead(first_name="Zoe", company=f"Zoetrope {number}")
    client.force_login(marketer)
    leads, companies = suggested(client, "zoe")
    assert (len(leads), len(companies)) == (6, 4)
