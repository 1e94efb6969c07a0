"""A mail to oneself: it arrives, or what is wrong is said in words."""

import socket
import ssl
from collections.abc import Iterator
from smtplib import SMTPAuthenticationError, SMTPNotSupportedError, SMTPSenderRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts import first_steps
from accounts.models import User
from outbox import mail_test
from outbox.models import MailTest
from tests.outbox.sink import Sink, listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening() as server:
        server.use(settings)
        yield server


def ask(client: Client, person: User) -> str:
    """What the person is told."""
    client.force_login(person)
    answer = client.post(reverse("notices:mail_test"))
    *_before, said = [str(message) for message in get_messages(answer.wsgi_request)]
    return said


def step(person: User) -> tuple[bool, str]:
    [shown] = [one for one in first_steps.shown_to(person) if one.step.key == "mail"]
    return shown.is_done, shown.standing.text


class TestMailTest:
    def test_it_arrives_and_the_step_is_done(self, client: Client, administrator: User, sink: Sink) -> None:
        assert step(administrator) == (False, "Nothing was sent yet; send yourself a test.")
        assert ask(client, administrator).startswith("The mail server took the test.")
        assert sink.recipients == [["admin@example.com"]]
        assert step(administrator)[0]

    def test_what_the_server_answers_is_said_and_the_step_is_not_done(
        self, client: Client, administrator: User, sink: Sink
    ) -> None:
        ask(client, administrator)
        sink.refuses = "554 5.7.1 not from you"
        said = ask(client, administrator)
        assert f"127.0.0.1:{sink.port} did not take the mail. It said: 554 5.7.1 not from you." in said
        assert step(administrator) == (False, said)

    def test_nobody_listens(self, client: Client, administrator: User, sink: Sink) -> None:
        sink.close()
        assert ask(client, administrator).startswith(f"Nothing listens at 127.0.0.1:{sink.port}.")

    def test_without_a_mail_server_it_is_said_what_to_set(
        self, client: Client, administrator: User, settings: Any, tmp_path: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = tmp_path
        said = ask(client, administrator)
        assert "Set BATON_EMAIL_URL" in said
        assert str(tmp_path) in said
        assert step(administrator) == (False, said)
        assert MailTest.objects.get().problem == said

    def test_an_administrator_asks_and_nobody_else(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert client.post(reverse("notices:mail_test")).status_code == 403
        assert not MailTest.objects.exists()

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (SMTPAuthenticationError(535, b"bad password"), "refused the name or the password"),
            (SMTPSenderRefused(553, b"unknown", "a@b"), "BATON_FROM_EMAIL"),
            (SMTPNotSupportedError("no STARTTLS"), "try smtp+ssl://"),
            (SMTPServerDisconnected("gone"), "hung up"),
            (socket.gaierror(-2, "unknown"), "No host of that name"),
            (TimeoutError(), "does not answer"),
            (ssl.SSLCertVerificationError("wrong"), "certificate"),
            (ssl.SSLError("wrong version"), "does not speak TLS like this"),
            (OSError("no route"), "Something else went wrong"),
        ],
    )
    def test_each_way_to_fail_has_its_sentence(self, error: Exception, words: str, settings: Any) -> None:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example", 587
        said = mail_test.in_words(error)
        assert words in said
        assert "mail.example:587" in said or "BATON_FROM_EMAIL" in said
        assert "%(" not in said
