"""A mail to oneself, sent at once, and what is wrong with the settings where it does not leave."""

import ssl
from datetime import datetime
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from socket import gaierror
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from accounts.models import User
from lib.text import header_text, storable
from outbox.models import MailTest
from outbox.transports.base import Undeliverable
from outbox.transports.mail import deliverable_address, reply_of

SMTP: Final = ("django.core.mail.backends.smtp.EmailBackend", "lib.copy_mail.EmailBackend")
FILES: Final = "lib.private_files.EmailBackend"
LONGEST_ANSWER: Final = 300


def leaves() -> bool:
    """Whether mail is given to a mail server; otherwise it is written to files."""
    return settings.EMAIL_BACKEND in SMTP


def folder() -> str:
    """Where mails become files that nobody is sent; empty where they leave."""
    return str(getattr(settings, "EMAIL_FILE_PATH", "")) if settings.EMAIL_BACKEND == FILES else ""


def try_out(*, actor: User, now: datetime) -> MailTest:
    """Sends the person a mail and keeps what became of it. Nobody else waits for the mail server meanwhile."""
    problem = _send(actor) if leaves() else without_server()
    return MailTest.objects.create(asked_by=actor, asked_at=now, is_taken=not problem, problem=storable(problem))


def last() -> MailTest | None:
    """What became of the last test."""
    return MailTest.objects.first()


def without_server() -> str:
    """Why no mail leaves, though nothing fails."""
    return _(
        "No mail server is set, so mails become files in %(folder)s. Set BATON_EMAIL_URL, such as "
        "smtp+tls://user:password@mail.example:587, and start Baton again."
    ) % {"folder": getattr(settings, "EMAIL_FILE_PATH", "") or "–"}


def _send(person: User) -> str:
    """Nothing, or what is wrong and what to set."""
    try:
        EmailMessage(
            subject=_("Mail from Baton works"),
            body=_("You asked for this mail to see whether Baton can send any. It can.\n\n%(url)s\n")
            % {"url": settings.BASE_URL},
            to=[deliverable_address(person.email)],
            headers={"Auto-Submitted": "auto-generated"},
        ).send()
    except (SMTPException, OSError, Undeliverable) as error:
        return in_words(error)
    return ""


def in_words(error: Exception) -> str:
    """What went wrong, and what to set; with the server's answer, where it said something."""
    words = {
        "server": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "answer": _answer(error),
    }
    return header_text(_sentence(error) % words)


def _sentence(error: Exception) -> str:
    """The first kind that fits."""
    return next((sentence for kind, sentence in _sentences() if isinstance(error, kind)), _(_OTHERWISE))


_OTHERWISE: Final = "Something else went wrong while %(server)s was asked: %(answer)s. Look at BATON_EMAIL_URL."


def _sentences() -> list[tuple[type[Exception], str]]:
    return [
        (
            SMTPAuthenticationError,
            _("%(server)s refused the name or the password in BATON_EMAIL_URL. It said: %(answer)s."),
        ),
        (
            SMTPSenderRefused,
            _("%(server)s takes no mail from %(sender)s. Set BATON_FROM_EMAIL to one it knows. It said: %(answer)s."),
        ),
        (SMTPRecipientsRefused, _("%(server)s does not take mail to your address. It said: %(answer)s.")),
        (
            SMTPNotSupportedError,
            _(
                "%(server)s cannot do what BATON_EMAIL_URL asks for: try smtp+ssl:// or smtp:// in place of smtp+tls://."
            ),
        ),
        (
            SMTPServerDisconnected,
            _("%(server)s hung up. Is its port in BATON_EMAIL_URL, and the right one of smtp+tls:// and smtp+ssl://?"),
        ),
        (SMTPHeloError, _("What answers at %(server)s is no mail server. Look at host and port in BATON_EMAIL_URL.")),
        (SMTPResponseException, _("%(server)s did not take the mail. It said: %(answer)s.")),
        (gaierror, _("No host of that name is known: %(server)s. Look at the host in BATON_EMAIL_URL.")),
        (
            ssl.SSLCertVerificationError,
            _("The certificate of %(server)s is not one for this name. Use the name that its certificate has."),
        ),
        (
            ssl.SSLError,
            _("%(server)s does not speak TLS like this: try smtp+ssl:// in place of smtp+tls://, or the other way."),
        ),
        (
            TimeoutError,
            _("%(server)s does not answer. Is the port in BATON_EMAIL_URL right, and does a firewall let it through?"),
        ),
        (ConnectionRefusedError, _("Nothing listens at %(server)s. Look at host and port in BATON_EMAIL_URL.")),
        (Undeliverable, _("Your address is not one that mail can be sent to.")),
    ]


def _answer(error: Exception) -> str:
    """The code and the words of the server, without addresses that smtplib puts beside them."""
    reply = reply_of(error) if isinstance(error, SMTPException) else None
    if reply is None:
        return type(error).__name__
    return f"{reply.status} {reply.text}"[:LONGEST_ANSWER].rstrip(".")
