"""The mail a delivery becomes. Its links open pages; nothing is decided by following one."""

import re
from email.utils import formataddr
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from handoff.models import Handoff
from lib.text import header_text
from outbox import news
from outbox.digest import digest_of
from outbox.models import Delivery, News

TEMPLATES: Final[dict[str, str]] = {
    **dict.fromkeys(news.WAITING, "handoff/mail/waiting"),
    News.GIVEN_AWAY: "handoff/mail/given_away",
    News.BREACHED: "handoff/mail/breached",
    News.RETURNED: "handoff/mail/returned",
    News.TO_REVIEW: "handoff/mail/to_review",
    News.CLOCK_HELD: "handoff/mail/held",
    **dict.fromkeys((News.TO_SIGN, News.SIGNATURE_VOID, News.IN_FORCE), "scoring/mail/criteria"),
    News.REVIEW_DUE: "reporting/mail/review_due",
    News.CHAT_PAUSED: "outbox/mail/paused",
    News.DIGEST: "outbox/mail/digest",
}
_BLANK_LINES: Final = re.compile(r"\n{3,}")  # where a template had nothing to say


class Undeliverable(Exception):
    """Trying again cannot help; the message says why."""


class Overtaken(Exception):
    """There is nothing to tell any more; the message says why."""


def send(delivery: Delivery) -> None:
    """Sends it; raises Undeliverable, Overtaken, or whatever the mail server's side raises."""
    recipient = recipient_of(delivery)
    if recipient is None:
        raise Undeliverable("It has no recipient.")
    try:
        validate_email(recipient.email)
    except ValidationError as refused:
        raise Undeliverable("The recipient's address is not one address.") from refused
    compose(delivery, recipient).send()


def recipient_of(delivery: Delivery) -> User | None:
    """Whom it is for; raises when the person has left, or may not see any more what it is about."""
    recipient = delivery.recipient
    if recipient is None:
        return None
    if not recipient.is_active:
        raise Undeliverable("The recipient is no longer active.")
    if delivery.handoff_id is not None and not news.visible([delivery], recipient):
        raise Overtaken("The recipient may not see this handoff any more.")
    return recipient


def compose(delivery: Delivery, recipient: User) -> EmailMultiAlternatives:
    """The message, in the reader's time zone. Its Message-ID is the delivery's for ever."""
    with news.in_time_zone_of(recipient):
        context = _context(delivery) | {"recipient": header_text(recipient.name)}
        template = TEMPLATES[delivery.kind]
        message = EmailMultiAlternatives(
            subject=header_text(context["sentence"]),
            body=_BLANK_LINES.sub("\n\n", render_to_string(f"{template}.txt", context)).lstrip(),
            to=[formataddr((header_text(recipient.name), recipient.email))],
            headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def message_id(delivery: Delivery) -> str:
    """The same on every attempt, so that a mail that comes twice is recognised."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{delivery.public_id}@{host.replace(':', '-')}>"


def _context(delivery: Delivery) -> dict[str, Any]:
    """What a template says; every link is one of a page."""
    context = {
        "sentence": news.sentence(delivery),
        "url": news.address_of(delivery),
        "settings_url": f"{settings.BASE_URL}{reverse('notices:settings')}",
        **news.facts(delivery),
    }
    if delivery.kind == News.DIGEST:
        context["digest"] = digest_of(delivery)
    if delivery.handoff is not None:
        context.update(_answers(delivery.handoff))
    return context


def _answers(handoff: Handoff) -> dict[str, str]:
    """The pages on which the lead is accepted or rejected; opening them decides nothing."""
    return {
        f"{name}_url": f"{settings.BASE_URL}{reverse(f'handoff:{name}', args=[handoff.public_id])}"
        for name in ("accept", "reject")
    }
