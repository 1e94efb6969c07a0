"""What must not exist in the outbox, tried with raw SQL: the database itself refuses it."""

from datetime import datetime, time
from typing import Final

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from outbox import letters
from outbox.models import Attempt, Delivery, MailTest, Notice, NoticeChoice, QuietHours
from tests.handoff.conftest import MakeHandoff
from tests.handoff.lifecycle.test_illegal_settings import names_of, twice
from tests.outbox.test_news import chat_of

# what is tried -> what refuses it, the statement.
ATTACKS: Final[dict[str, tuple[str, str]]] = {
    "read before it was written": (
        "notice_read_after_created",
        "UPDATE outbox_notice SET read_at = created_at - interval '1 second'",
    ),
    "a notice about nothing": ("notice_has_subject", "UPDATE outbox_notice SET subject = ''"),
    "a notice that leads elsewhere": ("notice_has_subject", "UPDATE outbox_notice SET path = 'https://evil.example/'"),
    "a notice twice": (
        "dedupe_key",
        twice("outbox_notice", "kind, recipient_id, subject, path, facts, dedupe_key, created_at"),
    ),
    "two choices of one kind": (
        "notice_choice_once",
        twice("outbox_noticechoice", "user_id, kind, by_bell, by_mail, by_chat"),
    ),
    "quiet hours of no length": ("quiet_hours_end", "UPDATE outbox_quiethours SET ends_at = starts_at"),
    "sent at no time": ("delivery_sent_says_when", "UPDATE outbox_delivery SET state = 'sent'"),
    "sent, but pending": ("delivery_sent_says_when", "UPDATE outbox_delivery SET sent_at = now()"),
    "sent, but given up": (
        "delivery_sent_says_when",
        "UPDATE outbox_delivery SET state = 'dead', sent_at = now()",
    ),
    "a mail to nobody": (
        "delivery_goes_somewhere",
        "UPDATE outbox_delivery SET recipient_id = NULL WHERE transport = 'mail'",
    ),
    "a message to no chat": (
        "delivery_goes_somewhere",
        "UPDATE outbox_delivery SET webhook_id = NULL WHERE transport = 'chat'",
    ),
    "a mail to a chat": (
        "delivery_goes_somewhere",
        "UPDATE outbox_delivery SET transport = 'mail' WHERE transport = 'chat'",
    ),
    "gathered nowhere": ("delivery_gathered_says_where", "UPDATE outbox_delivery SET state = 'gathered'"),
    "gathered, but pending": ("delivery_gathered_says_where", "UPDATE outbox_delivery SET gathered_in_id = id"),
    "about nothing": ("delivery_has_subject", "UPDATE outbox_delivery SET subject = ''"),
    "without a page": ("delivery_has_subject", "UPDATE outbox_delivery SET path = ''"),
    "a duty twice": (
        "dedupe_key",
        """INSERT INTO outbox_delivery (public_id, kind, transport, recipient_id, webhook_id, subject, path, facts,
        dedupe_key, state, attempts, created_at, next_try_at, last_error) SELECT gen_random_uuid(), kind, transport,
        recipient_id, webhook_id, subject, path, facts, dedupe_key, state, attempts, created_at, next_try_at,
        last_error FROM outbox_delivery""",
    ),
    "a letter sent at no time": (
        "letter_sent_says_when",
        "UPDATE outbox_letter SET state = 'sent', address = '', subject = '', text = ''",
    ),
    "a letter given up that remembers whom": ("letter_forgets_whom", "UPDATE outbox_letter SET state = 'dead'"),
    "a letter to nobody": ("letter_forgets_whom", "UPDATE outbox_letter SET address = ''"),
    "a test that failed for no reason": (
        "mail_test_says_what_went_wrong",
        "UPDATE outbox_mailtest SET is_taken = false",
    ),
    "an attempt with no status there is": ("attempt_status_known", "UPDATE outbox_attempt SET status = 42"),
}


@pytest.fixture
def one_of_each(make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
    """A legal row of every kind."""
    chat_of(rep)
    make_waiting()
    NoticeChoice.objects.create(user=rep, kind="handoff.passed")
    QuietHours.objects.create(user=rep, starts_at=time(20), ends_at=time(8))
    assert Notice.objects.exists()
    assert set(Delivery.objects.values_list("transport", "state")) == {("mail", "pending"), ("chat", "pending")}
    letters.write(address="ada@example.com", subject="Hello", text="The guide.", dedupe_key="one", now=now)
    MailTest.objects.create(asked_by=rep, asked_at=now, is_taken=True)
    Attempt.objects.create(delivery=Delivery.objects.earliest("pk"), began_at=now, milliseconds=3, status=250)


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_refused(one_of_each: None, attack: str) -> None:
    refused_by, statement = ATTACKS[attack]
    with pytest.raises(DatabaseError, match=refused_by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")


def test_every_constraint_is_attacked() -> None:
    assert names_of("outbox") <= {refused_by for refused_by, _statement in ATTACKS.values()}
