"""Mail to people outside: sent once, tried again, and forgotten afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from outbox import letters
from outbox.models import Letter
from outbox.retrying import MOST_ATTEMPTS
from tests.leads.test_illegal_rows import refused

pytestmark = pytest.mark.django_db


def write(now: datetime, **fields: Any) -> None:
    letter = {"address": "ada@example.com", "subject": "Hello\nBcc: x", "text": "Good day.", "dedupe_key": "test:1"}
    letters.write(**(letter | fields), now=now)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | None], None]:
    usual = EmailBackend.send_messages

    def fail(error: Exception | None) -> None:
        def send(self: EmailBackend, messages: Any) -> int:
            if error is not None:
                raise error
            return usual(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", send)

    return fail


class TestSending:
    def test_it_goes_out_once_and_is_forgotten(self, now: datetime) -> None:
        write(now)
        write(now)
        assert letters.send_next(now=now)
        assert not letters.send_next(now=now)
        [sent] = mail.outbox
        letter = Letter.objects.get()
        assert (sent.to, sent.subject) == (["ada@example.com"], "Hello Bcc: x")
        assert str(letter.public_id) in sent.extra_headers["Message-ID"]
        assert (letter.state, letter.sent_at, letter.address, letter.text) == ("sent", now, "", "")

    def test_what_fails_for_a_while_is_tried_again_under_the_same_id(
        self, now: datetime, failing: Callable[[Exception | None], None]
    ) -> None:
        write(now)
        failing(SMTPServerDisconnected("ada@example.com"))
        letters.send_next(now=now)
        letter = Letter.objects.get()
        assert (letter.state, letter.last_error) == ("pending", "SMTPServerDisconnected")
        failing(None)
        assert not letters.send_next(now=now)
        assert letters.send_next(now=now + timedelta(minutes=1))
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize(
        "error",
        [SMTPRecipientsRefused({"ada@example.com": (550, b"no such user ada")}), SMTPDataError(554, b"ada is spam")],
    )
    def test_what_a_server_refuses_for_good_is_given_up(
        self, now: datetime, error: Exception, failing: Callable[[Exception | None], None]
    ) -> None:
        write(now)
        failing(error)
        letters.send_next(now=now)
        letter = Letter.objects.get()
        assert (letter.state, letter.address) == ("dead", "")
        assert "ada" not in letter.last_error

    def test_it_is_not_tried_for_ever(self, now: datetime, failing: Callable[[Exception | None], None]) -> None:
        write(now)
        failing(SMTPServerDisconnected())
        for day in range(MOST_ATTEMPTS):
            assert letters.send_next(now=now + timedelta(days=day))
        assert Letter.objects.get().state == "dead"

    def test_a_sender_that_dies_leaves_it_to_another(self, now: datetime) -> None:
        write(now)
        assert letters._lease(now=now)
        assert not letters.send_next(now=now + timedelta(minutes=1))
        assert letters.send_next(now=now + timedelta(minutes=6))

    def test_one_that_kills_whoever_sends_it_is_given_up(self, now: datetime) -> None:
        write(now)
        for number in range(MOST_ATTEMPTS):
            assert letters._lease(now=now + number * 2 * letters.LEASE) is not None
        assert letters._lease(now=now + MOST_ATTEMPTS * 2 * letters.LEASE) is None
        assert [(one.state, one.address) for one in Letter.objects.all()] == [("dead", "")]

    def test_no_address_is_given_up(self, now: datetime) -> None:
        write(now, address="ada at example")
        letters.send_next(now=now)
        assert Letter.objects.get().state == "dead"


class TestRows:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("sent_at = now()", "letter_sent_says_when"),
            ("address = ''", "letter_forgets_whom"),
            ("state = 'sent', sent_at = now()", "letter_forgets_whom"),
        ],
    )
    def test_a_letter_cannot_become(self, change: str, guard: str, now: datetime) -> None:
        write(now)
        assert guard in refused(f"UPDATE outbox_letter SET {change}")  # noqa: S608
