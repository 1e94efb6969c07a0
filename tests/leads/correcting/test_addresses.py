"""An address that somebody corrects is asked about by a mail, and is confirmed by whoever has the mailbox."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.correcting.addresses import is_unconfirmed
from leads.correcting.leads import correct, undo
from leads.events import SYSTEM, Agent
from leads.models import Lead, LeadEvent
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from outbox.models import Letter

pytestmark = pytest.mark.django_db
NEW = "ada@new.example"


@pytest.fixture
def lead(make_lead: Callable[..., Lead]) -> Lead:
    return make_lead(email="ada@old.example", first_name="Ada")


@pytest.fixture(autouse=True)
def at_the_time(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def write_address(lead: Lead, address: str, *, by: User, now: datetime) -> Lead:
    correct(lead_id=lead.pk, values={"email": address}, agent=Agent(user=by), now=now)
    lead.refresh_from_db()
    return lead


def link_of(letter: Letter) -> str:
    [path] = re.findall(r"https?://[^/]+(/address/\S+)", letter.text)
    return str(path)


def kinds(lead: Lead) -> list[str]:
    return list(lead.events.filter(kind__startswith="lead.address").order_by("pk").values_list("kind", flat=True))


class TestAsking:
    def test_the_new_address_gets_a_mail_and_the_page_says_that_it_is_not_confirmed(
        self, client: Client, lead: Lead, marketer: User, now: datetime
    ) -> None:
        client.force_login(marketer)
        page = reverse("leads:detail", args=[lead.public_id])
        assert "not confirmed" not in client.get(page).content.decode()
        write_address(lead, NEW, by=marketer, now=now)
        letter = Letter.objects.get()
        assert (letter.address, letter.unsubscribe_url) == (NEW, "")
        assert NEW not in link_of(letter)
        assert "not confirmed" in client.get(page).content.decode()
        mails = client.get(reverse("forms:of_lead", args=[lead.public_id])).content.decode()
        assert "Whether the address somebody wrote is theirs" in mails
        assert kinds(lead) == ["lead.address_asked"]

    def test_other_corrections_ask_nothing(self, lead: Lead, marketer: User, now: datetime) -> None:
        correct(lead_id=lead.pk, values={"phone": "1"}, agent=Agent(user=marketer), now=now)
        assert not Letter.objects.exists()

    def test_who_wants_no_contact_is_not_asked(self, lead: Lead, marketer: User, now: datetime) -> None:
        Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
        write_address(lead, NEW, by=marketer, now=now)
        assert not Letter.objects.exists()
        assert not is_unconfirmed(lead)

    def test_taking_the_correction_back_asks_nothing(self, lead: Lead, marketer: User, now: datetime) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        event = LeadEvent.objects.get(lead=lead, kind="lead.changed")
        undo(lead_id=lead.pk, event_id=event.pk, agent=Agent(user=marketer), now=now)
        lead.refresh_from_db()
        assert (Letter.objects.count(), is_unconfirmed(lead)) == (1, False)

    def test_once_an_hour_to_one_address(self, lead: Lead, marketer: User, now: datetime) -> None:
        for address in (NEW, "ada@other.example", NEW):
            write_address(lead, address, by=marketer, now=now)
        assert Letter.objects.count() == 2
        assert is_unconfirmed(lead)


class TestAskingAgain:
    def test_the_mail_goes_out_once_more_but_not_often(
        self, client: Client, lead: Lead, marketer: User, now: datetime
    ) -> None:
        client.force_login(marketer)
        address = reverse("leads:ask_address", args=[lead.public_id])
        page = reverse("leads:detail", args=[lead.public_id])
        assert "Nothing is left to ask" in client.post(address, follow=True).content.decode()
        write_address(lead, NEW, by=marketer, now=now)
        assert "Ask again" in client.get(page).content.decode()
        assert "within the last hour" in client.post(address, follow=True).content.decode()
        for hours, told, letters in (
            (1, "asks once more", 2), (1.5, "within the last hour", 2), (3, "asks once more", 3),
            (9, "often enough", 3), (7 * 24 + 1, "asks once more", 4),
        ):  # fmt: skip
            with time_machine.travel(now + timedelta(hours=hours), tick=False):
                assert told in client.post(address, follow=True).content.decode(), hours
            assert Letter.objects.count() == letters, hours
        assert client.post(link_of(Letter.objects.order_by("pk")[0])).status_code == 200
        assert "Ask again" not in client.get(page).content.decode()

    def test_who_wants_no_contact_is_not_asked(self, client: Client, lead: Lead, marketer: User, now: datetime) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)
        client.force_login(marketer)
        assert "Ask again" not in client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        with time_machine.travel(now + timedelta(hours=2), tick=False):
            answer = client.post(reverse("leads:ask_address", args=[lead.public_id]), follow=True)
        assert "wants no contact" in answer.content.decode()
        assert Letter.objects.count() == 1


class TestConfirming:
    def test_looking_confirms_nothing_and_pressing_does_once(
        self, client: Client, lead: Lead, marketer: User, now: datetime
    ) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        link = link_of(Letter.objects.get())
        seen = client.get(link)
        assert "This is my address" in seen.content.decode()
        assert seen["Referrer-Policy"] == "no-referrer"
        assert is_unconfirmed(lead)
        for _time in range(2):
            assert "The address is confirmed." in client.post(link).content.decode()
        assert not is_unconfirmed(lead)
        assert kinds(lead) == ["lead.address_asked", "lead.address_confirmed"]
        event = LeadEvent.objects.get(kind="lead.address_confirmed")
        assert (event.actor, event.agent) == (None, "the person themselves")

    def test_it_is_known_when_the_address_comes_again(
        self, client: Client, lead: Lead, marketer: User, now: datetime
    ) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        client.post(link_of(Letter.objects.get()))
        write_address(lead, "ada@other.example", by=marketer, now=now)
        assert is_unconfirmed(lead)
        write_address(lead, NEW, by=marketer, now=now)
        assert not is_unconfirmed(lead)

    def test_a_link_for_an_address_of_before_confirms_nothing(
        self, client: Client, lead: Lead, marketer: User, now: datetime
    ) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        link = link_of(Letter.objects.get())
        write_address(lead, "ada@other.example", by=marketer, now=now)
        answer = client.post(link)
        assert (answer.status_code, "not noted any more" in answer.content.decode()) == (404, True)
        assert is_unconfirmed(lead)

    def test_a_link_ends_and_cannot_be_made(self, client: Client, lead: Lead, marketer: User, now: datetime) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        link = link_of(Letter.objects.get())
        for wrong in (link + "x", link.replace("/address/", "/address/0"), "/address/0/x"):
            assert client.post(wrong).status_code == 404
        with time_machine.travel(now + timedelta(days=8), tick=False):
            answer = client.post(link)
        assert (answer.status_code, "too old" in answer.content.decode()) == (404, True)
        assert is_unconfirmed(lead)

    def test_after_an_erasure_there_is_nothing_to_confirm(
        self, client: Client, lead: Lead, marketer: User, now: datetime
    ) -> None:
        write_address(lead, NEW, by=marketer, now=now)
        link = link_of(Letter.objects.get())
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=SYSTEM, now=now)
        assert client.get(link).status_code == 404
        assert LeadEvent.objects.get(kind="lead.address_asked").data == {"address": ""}
        assert not Letter.objects.exclude(address="").exists()
