"""Mails that are approved, and leads who agreed to get them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from leads.consent.ledger import give
from leads.events import Agent
from leads.models import Lead, Purpose
from nurture.mails import editing
from nurture.mails.editing import Draft
from nurture.models import MailVersion
from nurture.sending.owing import Owed, enqueue

TEST = Agent(name="test")
WORDS = [
    {"kind": "heading", "text": 'Hello {{ lead.first_name | default: "there" }}'},
    {"kind": "text", "text": "Read **this**."},
    {"kind": "button", "label": "Get the guide", "url": "https://example.com/guide?a=1&b=2"},
]


def draft(**fields: Any) -> Draft:
    """What is written of a mail, for the purpose of mailing."""
    written = {"name": "Welcome", "subject": "Hello", "blocks": WORDS}
    return Draft(**({"purpose": Purpose.objects.get(key="mailing")} | written | fields))


def approved(*, by: User, now: datetime, **fields: Any) -> MailVersion:
    mail = editing.make_mail(draft(**fields), actor=by, now=now)
    return editing.approve(mail.pk, seen=0, actor=by, now=now)


def willing(make_lead: Callable[..., Lead], now: datetime, **fields: Any) -> Lead:
    """A lead who agreed to get mail."""
    lead = make_lead(**fields)
    give(lead_id=lead.pk, purpose="mailing", source="test", agent=TEST, now=now)
    return lead


def send_to(version: MailVersion, leads: Sequence[Lead], *, now: datetime, key: str = "k") -> None:
    enqueue(version, [Owed(lead.pk, f"{key}:{lead.pk}") for lead in leads], now=now)
