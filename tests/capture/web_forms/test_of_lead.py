"""A lead's submissions on its page, and the mail with its own link to a form."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from capture.models import Form, Submission
from capture.web_forms.inviting import invite
from capture.web_forms.links import NAME, lead_of
from capture.web_forms.taking import expire
from leads.consent.ledger import give, withdraw
from leads.consent.suppression import suppress
from leads.events import Agent
from leads.models import Lead, LeadEvent
from leads.models.consent import SuppressionReason
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from outbox.models import Letter
from tests.capture.web_forms.conftest import new_form

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
US = Agent(name="test")


def agree(lead: Lead, now: datetime) -> None:
    give(lead_id=lead.pk, purpose="mailing", source="test", agent=US, now=now)


class TestSubmissions:
    def test_what_was_taken_what_is_known_otherwise_and_what_failed_with_its_reason(
        self, post: Post, client: Client, rep: User, make_lead: Callable[..., Lead]
    ) -> None:
        lead = make_lead(email="ada@firm.example.com", first_name="Ada")
        Lead.objects.filter(pk=lead.pk).update(owner=rep)
        post(new_form(), email="ada@firm.example.com", first_name="Augusta", last_name="King")
        post(new_form(name="Newsletter"), seconds=0, email="Ada@Firm.example.com", first_name="Ada")
        post(new_form(name="Others"), email="grace@firm.example.com")
        client.force_login(rep)
        page = client.get(reverse("forms:of_lead", args=[lead.public_id])).content.decode()
        assert "Demo request" in page
        assert "not taken over: known as Ada" in page
        assert "Newsletter" in page
        assert "kept for review" in page
        assert "Others" not in page
        assert "/forms/lead/" not in page  # a rep sends no forms

    def test_nothing_is_kept_that_tells_whose_it_was_once_that_is_forgotten(self, post: Post, now: Any) -> None:
        post(new_form(), seconds=0, email="ada@firm.example.com")
        post(new_form(needs_confirmation=True), email="ada@firm.example.com")
        assert Submission.objects.exclude(person="").count() == 2
        Submission.objects.filter(verdict="unconfirmed").update(confirm_by=now)
        expire(now=timezone.now())
        post(new_form(), email="ada@firm.example.com")
        erase(lead_id=Lead.objects.get().pk, reason=ErasureReason.ASKED, agent=US, now=timezone.now())
        assert not Submission.objects.exclude(person="").exists()


class TestMails:
    """What went to the lead because of its forms."""

    def page(self, client: Client, reader: User, lead: Lead) -> str:
        client.force_login(reader)
        return client.get(reverse("forms:of_lead", args=[lead.public_id])).content.decode()

    def test_what_each_was_of_which_form_and_whether_it_left(
        self, post: Post, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        lead = make_lead(email="ada@firm.example.com")
        assert "No mail went to them." in self.page(client, marketer, lead)
        thanks = {"mail_subject": "Thank you", "mail_text": "We call you."}
        post(new_form(name="Demo", **thanks), email="Ada@Firm.example.com")
        post(new_form(name="Guide", needs_confirmation=True), email="ada@firm.example.com")
        post(new_form(name="Others", **thanks), email="grace@firm.example.com")
        shown = self.page(client, marketer, lead)
        assert "The answer to what they sent" in shown
        assert "Form “Demo”." in shown
        assert "The link to confirm their address" in shown
        assert "Form “Guide”." in shown
        assert "Form “Others”." not in shown
        assert shown.count("to be sent") == 2
        assert "ada@firm" not in shown.lower().split("mails-of-lead-heading", 1)[1]

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ({"last_error": "SMTPServerBusy 421"}, "It did not leave (SMTPServerBusy 421) and is tried again"),
            ({"state": "sent", "address": "", "subject": "", "text": "", "unsubscribe_url": ""}, ">sent<"),
            (
                {"state": "dead", "address": "", "subject": "", "text": "", "unsubscribe_url": "",
                 "last_error": "SMTPRecipientsRefused 550"},
                "The mail server said: SMTPRecipientsRefused 550.",
            ),
        ],
    )  # fmt: skip
    def test_its_state(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: datetime, columns: Any, said: str
    ) -> None:
        lead, form = make_lead(email="ada@example.com"), new_form()
        agree(lead, now)
        invite(lead_id=lead.pk, form=form, subject="Two questions", text="Please.", actor=marketer, now=now)
        sent_at = {"sent_at": now} if columns.get("state") == "sent" else {}
        Letter.objects.update(**columns, **sent_at)
        shown = " ".join(self.page(client, marketer, lead).split())
        assert "Their own link to the form" in shown
        assert said in shown.replace("> ", ">").replace(" <", "<")


class TestLetter:
    def ask(self, client: Client, lead: Lead, form: Form) -> Any:
        said = {"form": form.public_id, "subject": "Two questions", "text": "Would you tell us more?"}
        return client.post(reverse("forms:link", args=[lead.public_id]), said)

    def test_it_goes_to_the_lead_once_a_day_with_a_link_that_knows_who_it_is_and_the_way_out(
        self, client: Client, marketer: User, make_lead: Callable[..., Lead], now: Any
    ) -> None:
        lead, form = make_lead(email="ada@example.com"), new_form()
        agree(lead, now)
        client.force_login(marketer)
        shown = client.get(reverse("forms:link", args=[lead.public_id]), {"form": str(form.public_id)}).content.decode()
        assert f"/f/{form.public_id}/?{NAME}=" in shown
        assert self.ask(client, lead, form).status_code == 302
        letter = Letter.objects.get()
        assert letter.address == "ada@example.com"
        assert lead.email not in letter.text
        link = next(line for line in letter.text.splitlines() if "/f/" in line)
        assert lead_of(link.partition(f"?{NAME}=")[2], form=form) == lead
        assert "/preferences/" in letter.text
        assert LeadEvent.objects.filter(lead=lead, kind="form.link_sent").count() == 1
        assert "today already" in self.ask(client, lead, form).content.decode()
        assert Letter.objects.count() == 1

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ("nothing", "have not agreed"),
            ("withdrawn", "do not want mail"),
            ("suppressed", "suppressed"),
            ("no contact", "does not want to be contacted"),
        ],
    )
    def test_nobody_is_written_to_against_their_word(
        self, said: str, reason: str, client: Client, marketer: User, make_lead: Callable[..., Lead], now: Any
    ) -> None:
        lead, form = make_lead(email="ada@example.com"), new_form()
        if said != "nothing":
            agree(lead, now)
        if said == "withdrawn":
            withdraw(lead_id=lead.pk, purpose="mailing", source="test", agent=US, now=timezone.now())
        if said == "suppressed":
            suppress(["ada@example.com"], reason=SuppressionReason.ASKED, agent=US, now=now)
        if said == "no contact":
            Lead.objects.update(do_not_contact=True)
        client.force_login(marketer)
        answer = self.ask(client, lead, form)
        assert answer.status_code == 422
        assert not Letter.objects.exists()
        page = client.get(reverse("forms:link", args=[lead.public_id]), {"form": str(form.public_id)}).content.decode()
        assert reason in page
        assert "Send the mail" not in page
