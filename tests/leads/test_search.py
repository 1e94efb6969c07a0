"""Leads are found by the beginnings of words, however they are written."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Company, Lead

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]


def names(text: str) -> list[str]:
    return sorted(Lead.objects.search(text).values_list("first_name", flat=True))


@pytest.fixture
def ada(make_lead: MakeLead) -> Lead:
    make_lead(first_name="Somebody", last_name="Else", company="Other")
    return make_lead(
        first_name="Ada",
        last_name="O’Brien-Müller",
        email="ada.obm@analytical.example",
        external_id="crm-4711",
        job_title="Διευθυντης Sales",
        company="ΠΑΠΑΔΟΠΟΥΛΟΣ Engines",
    )


class TestLookedFor:
    def test_a_whole_address_finds_its_lead_alone(self, make_lead: MakeLead) -> None:
        for name, email in (
            ("Ann", "ann@one.example"),
            ("Longer", "ann@one.example.org"),
            ("Bob", "bob@one.example"),
        ):
            make_lead(first_name=name, email=email)
        for text, found in (
            ("ann@one.example", ["Ann"]), (" ANN@One.example ", ["Ann"]), ("ann@one.exam", ["Ann", "Longer"]),
            ("ann@one", ["Ann", "Longer"]), ("nobody@one.example", []), ("@", []), ("@one", ["Ann", "Bob", "Longer"]),
        ):  # fmt: skip
            assert sorted(Lead.objects.looked_for(text).values_list("first_name", flat=True)) == found, text

    def test_it_finds_the_same_however_many_there_are(
        self, make_lead: MakeLead, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(4):
            make_lead(first_name=f"Ada{number}", last_name="Even" if number % 2 else "Odd")
        for most in (1, 2, 3, 10):
            monkeypatch.setattr("leads.querysets.MOST_COUNTED", most)
            for text, count in (("ada", 4), ("odd", 2), ("ada even", 2), ("ada3", 1), ("eve odd", 0)):
                assert Lead.objects.looked_for(text).count() == count

    def test_few_are_looked_for_once(self, client: Client, marketer: User, ada: Lead) -> None:
        client.force_login(marketer)
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(reverse("leads:list"), {"q": "engines", "sort": "-score"}).context["page"]
        assert list(shown.object_list) == [ada]
        assert len([query for query in queries if "leads_beginnings" in query["sql"]]) == 1


class TestFound:
    @pytest.mark.parametrize(
        "text",
        [
            "ada", "AD", "o'brien", "O’Brien", "brien", "mu\u0308ller", "MÜLLER", "ada.obm@analytical.example",
            "analyt", "crm-4711", "4711", "διευθυντ", "ΔΙΕΥΘΥΝΤΗΣ", "παπαδοπουλος", "engines ada",
            "  ada  sales ",
        ],
    )  # fmt: skip
    def test_by_the_beginnings_of_its_words(self, text: str, ada: Lead) -> None:
        assert names(text) == ["Ada"]

    @pytest.mark.parametrize("text", ["da", "ada else", "ada 4712", "adaa", "muller"])
    def test_not_by_other_words_nor_by_their_ends(self, text: str, ada: Lead) -> None:
        assert names(text) == []

    @pytest.mark.parametrize("text", ["'", "\\", "!&|:*()<->", "%", "\u202e", "--"])
    def test_signs_alone_ask_for_nothing(self, text: str, ada: Lead) -> None:
        assert names(text) == []

    def test_five_hundred_characters_are_looked_for(self, ada: Lead) -> None:
        assert names("ada " * 1000) == ["Ada"]


class TestKept:
    def test_what_is_corrected_is_found_and_what_was_wrong_is_not(self, ada: Lead) -> None:
        Lead.objects.filter(pk=ada.pk).update(last_name="Lovelace")
        assert names("love") == ["Ada"]
        assert names("brien") == []

    def test_a_lead_that_gets_a_company_and_a_company_that_gets_a_name(self, ada: Lead, now: datetime) -> None:
        take_leads(
            [LeadInput(email="ada.obm@analytical.example", company="Difference")], agent=Agent(name="test"), now=now
        )
        assert names("difference") == ["Ada"]
        assert names("παπα") == []
        Company.objects.filter(name="Difference").update(name="Babbage")
        assert names("babb") == ["Ada"]
        assert names("difference") == []
