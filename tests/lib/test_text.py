"""Marks that turn text around end where the name ends that holds them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Lead
from lib.text import header_text, unturned

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("mark", TURNING)
def test_they_are_no_part_of_a_line_that_is_sent(mark: str) -> None:
    assert unturned(f"Ada{mark}") == header_text(f"Ada{mark}") == "Ada"


@pytest.mark.parametrize("name", ["\u05e2\u05d3\u05d4", "\u0639\u062f\u0629\u200f", "Ada\u200e"])
def test_letters_and_marks_of_people_who_write_from_the_right_stay(name: str) -> None:
    assert header_text(name) == name


def test_pages_isolate_names(client: Client, marketer: User, make_lead: Callable[..., Lead]) -> None:
    lead = make_lead(first_name="Ada\u202e", last_name="Lovelace")
    client.force_login(marketer)
    listed = client.get(reverse("leads:list")).content.decode()
    shown = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
    assert "<bdi>Ada Lovelace</bdi>" in listed
    assert '<h1 dir="auto">Ada Lovelace</h1>' in shown
    assert not set(TURNING) & set(listed + shown)
