"""What a lead allowed, on its page, and recording a word by hand."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.consent.ledger import give, is_given
from leads.events import Agent
from leads.models import Consent, Lead

pytestmark = pytest.mark.django_db
SAID = {"purpose": "mailing", "word": "no", "source": "by phone", "on": "2026-03-10", "text": "Told Mara."}


def send(client: Client, lead: Lead, now: datetime, **said: str) -> str:
    with time_machine.travel(now, tick=False):
        response = client.post(reverse("leads:consent", args=[lead.public_id]), SAID | said, follow=True)
    return str(response.content.decode())


class TestThePage:
    def test_it_says_what_was_said_when_and_where(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead()
        give(lead_id=lead.pk, purpose="mailing", source="form Newsletter", agent=Agent(name="form"), now=now)
        client.force_login(marketer)
        shown = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert "form Newsletter" in shown
        assert shown.count("never asked") == 2
        shown = client.get(reverse("leads:consent", args=[lead.public_id])).content.decode()
        assert "You may write to me by e-mail" in shown

    def test_a_word_is_recorded_with_its_reason(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead()
        client.force_login(marketer)
        assert "It is recorded." in send(client, lead, now)
        row = Consent.objects.get()
        assert (row.is_given, row.source, row.note, row.actor, row.at) == (
            False,
            "by phone",
            "Told Mara.",
            marketer,
            now,
        )
        assert "nothing changed" in send(client, lead, now)
        assert "It is recorded." in send(client, lead, now, word="yes", text="Changed their mind.")
        assert is_given(lead.pk, "mailing")

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"text": ""}, "Say how you know."),
            ({"purpose": "fishing"}, "Select a valid choice"),
            ({"on": "2030-01-01"}, "yet to come"),
        ],
    )
    def test_what_is_missing_is_asked_for(
        self,
        client: Client,
        marketer: User,
        make_lead: Callable[..., Lead],
        now: datetime,
        wrong: dict[str, str],
        words: str,
    ) -> None:
        client.force_login(marketer)
        assert words in send(client, make_lead(), now, **wrong)
        assert not Consent.objects.exists()

    def test_a_rep_records_it_of_their_own_leads_alone(
        self, client: Client, rep: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        own, other = make_lead(), make_lead()
        Lead.objects.filter(pk=own.pk).update(owner=rep)
        client.force_login(rep)
        assert "It is recorded." in send(client, own, now)
        assert client.post(reverse("leads:consent", args=[other.public_id]), SAID).status_code == 404
