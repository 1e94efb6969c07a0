"""Leads are found by the beginnings of words, however they are written."""

from collections.abc import Callable
from datetime import datetime

import pytest

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
