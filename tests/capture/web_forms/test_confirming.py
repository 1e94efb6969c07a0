"""An address that must be confirmed: a mail, a link, a button, and a lead only then."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from capture.models import Form, Submission, Verdict
from capture.tasks import take_submissions
from leads.consent.ledger import give, is_given
from leads.consent.suppression import suppress
from leads.events import Agent
from leads.models import Asset, Consent, Lead, Purpose
from leads.models.consent import SuppressionReason
from outbox import letters
from outbox.models import Letter
from tests.capture.web_forms.conftest import new_form
from tests.outbox.sink import listening

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


@pytest.fixture
def confirmed_form(db: None) -> Form:
    form = new_form(needs_confirmation=True, confirm_hours=48, mail_subject="Here it is", mail_text="The guide.")
    purpose = Purpose.objects.order_by("pk")[0].key
    form.form_fields.create(position=99, ask="consent", label="News", consent_text="Write to me.", purpose=purpose)
    return form


def link() -> str:
    """The path of the link in the mail that was sent last."""
    letters.send_due()
    match = re.search(r"https?://[^/]+(/f/\S+)", str(mail.outbox[-1].body))
    assert match
    return match[1]


class TestConfirming:
    def test_nothing_counts_before_the_button_is_pressed(self, confirmed_form: Form, post: Post) -> None:
        consent = confirmed_form.form_fields.get(ask="consent")
        answer = post(confirmed_form, email="ada@firm.example.com", first_name="Ada", **{consent.name: "on"})
        assert "Look into your mailbox" in Client().get(answer["Location"]).text
        assert not Lead.objects.exists()
        path = link()
        assert "Confirm it" in Client().get(path).text
        assert not Lead.objects.exists()  # a scanner follows the link as well
        answer = Client(enforce_csrf_checks=True).post(path)
        assert str(confirmed_form.thanks_title) in Client().get(answer["Location"]).text
        submission = Submission.objects.get()
        assert (submission.verdict, submission.lead) == (Verdict.TAKEN, Lead.objects.get())
        given = Consent.objects.get()
        assert (given.wording, given.at) == ("Write to me.", submission.confirmed_at)

    def test_pressing_it_twice_is_once_and_the_thanks_come_once(self, confirmed_form: Form, post: Post) -> None:
        post(confirmed_form, email="ada@firm.example.com")
        path = link()
        for _time in range(2):
            assert Client().post(path).status_code == 303
        letters.send_due()
        assert [message.subject for message in mail.outbox][1:] == ["Here it is"]
        assert "There is nothing left to do" in Client().get(path).text

    def test_a_link_ends(self, confirmed_form: Form, post: Post) -> None:
        post(confirmed_form, email="ada@firm.example.com")
        path = link()
        with time_machine.travel(timezone.now() + timedelta(hours=49), tick=True):
            assert Client().post(path).status_code == 410
            take_submissions()
        submission = Submission.objects.get()
        assert (submission.verdict, submission.raw, submission.consents) == (Verdict.EXPIRED, {}, [])
        assert Client().get(path).status_code == 410
        assert not Lead.objects.exists()

    def test_a_link_that_was_not_made_here_is_none(self, confirmed_form: Form, post: Post) -> None:
        post(confirmed_form, email="ada@firm.example.com")
        path = link()
        other = new_form(needs_confirmation=True)
        assert Client().get(path[:-2] + "x/").status_code == 404
        assert Client().get(path.replace(str(confirmed_form.public_id), str(other.public_id))).status_code == 404

    def test_nobody_is_written_to_again_and_again(self, confirmed_form: Form, post: Post) -> None:
        for number in range(4):
            post(confirmed_form, email="ADA@firm.example.com", client_address=f"192.0.2.{number}")
        assert Letter.objects.count() == 1

    def test_who_asked_to_be_left_alone_gets_no_mail_and_nobody_is_told(self, confirmed_form: Form, post: Post) -> None:
        reason, agent = SuppressionReason.ASKED, Agent(name="test")
        suppress(["ada@firm.example.com"], reason=reason, agent=agent, now=timezone.now())
        assert post(confirmed_form, email="ada@firm.example.com").status_code == 303
        assert Submission.objects.get().code == "suppressed"
        assert not Letter.objects.exists()


class TestThanks:
    def test_a_mail_once_a_day(self, post: Post) -> None:
        form = new_form(mail_subject="Here it is", mail_text="The guide.")
        for _time in range(2):
            post(form, email="ada@firm.example.com")
        letters.send_due()
        [message] = mail.outbox
        words, _dashes, foot = message.body.partition("\n\n-- \n")
        assert (message.to, words) == (["ada@firm.example.com"], "The guide.")
        assert "http://testserver/preferences/" in foot

    def test_only_the_mail_has_the_link_to_the_content(self, post: Post) -> None:
        guide = Asset.objects.create(key="LM_Guide_Jan2026", name="The guide", url="https://www.example.com/guide.pdf")
        answer = post(new_form(asset=guide), email="ada@firm.example.com")
        assert "/d/" not in Client().get(answer["Location"]).text
        letters.send_due()
        [message] = mail.outbox
        assert message.to == ["ada@firm.example.com"]
        assert "The guide" in message.subject
        [path] = re.findall(r"http://testserver(/d/\S+)", str(message.body))
        assert "The guide" in Client().get(path).text

    def test_content_that_cannot_be_given_makes_no_mail(self, post: Post) -> None:
        post(new_form(asset=Asset.objects.create(key="LM_Lost_Jan2026", name="Lost")), email="ada@firm.example.com")
        assert not Letter.objects.exists()


class TestUnsubscribing:
    def test_mailing_says_how_to_end_it_and_one_post_ends_that_alone(
        self, confirmed_form: Form, post: Post, settings: Any
    ) -> None:
        """As a mail program does it: from the header, without a cookie, a session or a look at the page before."""
        with listening() as sink:
            sink.use(settings)
            post(confirmed_form, email="ada@firm.example.com")
            letters.send_due()
            [confirmation] = sink.messages
            found = re.search(r"https?://[^/]+(/f/\S+)", confirmation.get_content())
            assert found
            Client().post(found[1])
            letters.send_due()
        mailing = sink.messages[1]
        assert "List-Unsubscribe" not in confirmation
        assert mailing["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        url = mailing["List-Unsubscribe"].strip().removeprefix("<").removesuffix(">")
        assert url in mailing.get_content()
        lead = Lead.objects.get()
        for purpose in ("mailing", "calling"):
            give(lead_id=lead.pk, purpose=purpose, source="test", agent=Agent(name="test"), now=timezone.now())
        answer = Client(enforce_csrf_checks=True).post(
            url.removeprefix("http://testserver"), {"List-Unsubscribe": "One-Click"}
        )
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        assert (is_given(lead.pk, "mailing"), is_given(lead.pk, "calling")) == (False, True)
        assert Consent.objects.latest("pk").source == "unsubscribe button of the mail program"
        assert not Letter.objects.exclude(unsubscribe_url="").exists()
