"""A copy of an installation, to try something with: one address gets all mail, and nothing else leaves."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from lib import http
from outbox import letters, mail_test
from tests.outbox.sink import Sink, listening

ADDRESS = "tester@example.com"


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server, to which Baton sends as the copy it is."""
    with listening() as sink:
        sink.use(settings)
        settings.ALL_MAIL_TO, settings.EMAIL_BACKEND = ADDRESS, "lib.copy_mail.EmailBackend"
        yield sink


@pytest.mark.django_db
def test_one_address_gets_all_mail_and_reads_whom_it_was_for(sink: Sink, administrator: User, now: datetime) -> None:
    letters.write(address="ada@example.com", subject="Hello", text="Good day.", dedupe_key="test:1", now=now)
    letters.send_next(now=now)
    assert not mail_test.try_out(actor=administrator, now=now).problem
    assert sink.recipients == [[ADDRESS], [ADDRESS]]
    assert [message["To"] for message in sink.messages] == [ADDRESS, ADDRESS]
    assert [message["X-Baton-Meant-For"] for message in sink.messages] == ["ada@example.com", administrator.email]


@pytest.mark.django_db(transaction=True)
def test_no_request_leaves(sink: Sink) -> None:
    with pytest.raises(http.NotAllowed, match="This is a copy"):
        http.post_json("https://chat.example.com/hook", {"text": "Hello"})


@pytest.mark.django_db
def test_every_page_says_so(sink: Sink, client: Client, rep: User) -> None:
    client.force_login(rep)
    assert f"This is a copy: all mail goes to {ADDRESS}" in client.get("/").content.decode()
