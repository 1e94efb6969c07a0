"""The message of one send: put together when it goes, for the person as they are known then."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from leads.consent.preferences import unsubscribe_url
from lib.text import header_text
from nurture.mails.compiling import Written, compile_version
from nurture.mails.fields import MergeField, values_of
from nurture.models import MailSend
from nurture.sending.clicks import click_address
from outbox.transports.mail import deliverable_address, message_id


def compose(
    send: MailSend, fields: Sequence[MergeField], *, connection: BaseEmailBackend, now: datetime
) -> EmailMultiAlternatives:
    """The mail, whose Message-ID is the send's for ever. Raises Undeliverable where the address is none."""
    lead = send.lead
    link = unsubscribe_url(lead, now=now)
    values = values_of(lead, fields, preference_link=link)
    written = compile_version(send.version).write(values, click=click_address(send, now=now))
    headers = {
        "Message-ID": message_id(send.public_id),
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    name = f"{lead.first_name} {lead.last_name}"
    return message_of(written, name=name, address=lead.email, headers=headers, connection=connection)


def message_of(
    written: Written, *, name: str, address: str, headers: dict[str, str], connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """Plain text with HTML beside it. Raises Undeliverable where the address is none."""
    message = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        to=[formataddr((header_text(name), deliverable_address(address)))],
        headers=headers,
        connection=connection,
    )
    message.attach_alternative(written.html, "text/html")
    return message
