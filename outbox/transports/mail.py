"""Mail. Its links open pages; nothing is decided by following one."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from email.utils import formataddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import punycode

from accounts.models import User
from lib.text import header_text
from outbox import wording
from outbox.digest_content import digest_of
from outbox.kinds import Facts, NewsKind, kind_of
from outbox.models import Delivery
from outbox.news_kinds import GATHERING
from outbox.transports.base import Address, Failure, Reply, Transport, Undeliverable, Wants, addressed, register

# Of RFC 5321: no such mailbox, not here, its name is not allowed.
MAILBOX_CODES: Final = (550, 551, 553)
TAKEN: Final = 250  # the only code after which smtplib does not raise
_BLANK_LINES: Final = re.compile(r"\n{3,}")  # where a template had nothing to say


class Mail(Transport):
    """One mail to each person."""

    key = "mail"
    task = "outbox.tasks.send_deliveries"

    def addresses(self, kind: NewsKind, people: list[User], wants: Wants) -> Iterable[Address]:
        return [Address(recipient=person, key=str(person.pk)) for person in people if wants(person, "by_mail")]

    def send(self, delivery: Delivery, *, now: datetime) -> Reply:
        """Sends it; raises Undeliverable, Overtaken, or Failure with what the mail server said."""
        message = compose(delivery)
        message.connection = get_connection()
        try:
            message.send()
        except SMTPException as error:
            raise Failure.of(error, reply=reply_of(error)) from error
        return Reply(status=TAKEN if isinstance(message.connection, EmailBackend) else None)


def compose(delivery: Delivery) -> EmailMultiAlternatives:
    """The message, in the reader's time zone. Its Message-ID is the delivery's for ever.

    Raises Undeliverable where the person has left or has no address, Overtaken where they may not see it any more.
    """
    recipient, facts = addressed(delivery)
    if recipient is None:
        raise Undeliverable("It has no recipient.")
    address = deliverable_address(recipient.email)
    with wording.in_time_zone_of(recipient):
        context = _context(delivery, facts) | {"recipient": header_text(recipient.name)}
        template = kind_of(delivery.kind).mail
        message = EmailMultiAlternatives(
            subject=header_text(context["sentence"]),
            body=_BLANK_LINES.sub("\n\n", render_to_string(f"{template}.txt", context)).lstrip(),
            to=[formataddr((header_text(recipient.name), address))],
            headers={"Message-ID": message_id(delivery.public_id), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def deliverable_address(email: str) -> str:
    """The address as it stands in a mail: its domain in the letters every mail server knows. Raises Undeliverable."""
    try:
        validate_email(email)
        local, _at, domain = email.rpartition("@")
        return f"{local}@{punycode(domain)}"
    except (ValidationError, UnicodeError) as refused:
        raise Undeliverable("The recipient's address is not one address.") from refused


def message_id(public_id: uuid.UUID) -> str:
    """The same on every attempt, so that a mail that comes twice is recognised."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{public_id}@{host.replace(':', '-')}>"


def _context(delivery: Delivery, facts: Facts) -> dict[str, Any]:
    """What a template says; every link is one of a page."""
    context = {
        "sentence": wording.sentence(delivery, facts),
        "url": wording.address_of(delivery),
        "settings_url": f"{settings.BASE_URL}{reverse('notices:settings')}",
        **wording.words_of(delivery, facts),
    }
    if delivery.kind in GATHERING:
        context["digest"] = digest_of(delivery)
    return context


def reply_of(error: SMTPException) -> Reply | None:
    """The code and the words of the server, without the addresses that smtplib puts beside them; None: it said none."""
    if isinstance(error, SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return Reply(status=code, text=answer.decode(errors="replace"))
    if isinstance(error, SMTPResponseException):
        words = error.smtp_error
        return Reply(status=error.smtp_code, text=words if isinstance(words, str) else words.decode(errors="replace"))
    return None


def code_of(error: Exception) -> int | str:
    """What the mail server said, as its number; empty: it said none."""
    if isinstance(error, SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(error.smtp_code) if isinstance(error, SMTPResponseException) else ""


def is_permanent(error: Exception) -> bool:
    """Whether the server will say the same tomorrow (RFC 5321: 5xx about this mailbox)."""
    return isinstance(error, SMTPException) and str(code_of(error)).startswith("55")


def is_mailbox_gone(error: Exception) -> bool:
    """Whether the server says that there is no such mailbox: not that it is full, nor what it thinks of our mail.

    The enhanced code (RFC 3463) tells the address (5.1) and the mailbox (5.2, but 5.2.2 is full) from policies (5.7).
    """
    reply = reply_of(error) if isinstance(error, SMTPException) else None
    if reply is None or reply.status not in MAILBOX_CODES:
        return False
    enhanced = re.search(r"\b5\.(\d{1,3}\.\d{1,3})\b", reply.text)
    return enhanced is None or (enhanced[1].startswith(("1.", "2.")) and enhanced[1] != "2.2")


MAIL: Final = register(Mail())
