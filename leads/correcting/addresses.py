"""An address that a person wrote is the lead's once whoever has the mailbox says so, by a link of our mail.

Until then the lead's page says that it is not confirmed. It is recorded as events: one asks, one confirms, each for one
address, which they know by a digest.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.consent.preferences import THEMSELVES
from leads.correcting.event_kinds import ADDRESS_ASKED, ADDRESS_CONFIRMED
from leads.events import Agent, Entry, EventKind, record
from leads.lifecycle import locked
from leads.models import Lead, LeadEvent
from lib.signed_links import LinkRefused, read_link, sign_link
from outbox import letters

LINK_LASTS: Final = timedelta(days=7)
# Asked by hand: not sooner than this after the mail before, and so many mails while a link works.
ASKED_EVERY: Final = timedelta(hours=1)
MOST_ASKED: Final = 3
_PURPOSE: Final = "leads.correcting.addresses"


def letter_key_before(lead: Lead) -> str:
    """How the keys of the mails begin that ask this lead; the address and the hour follow."""
    return f"address-confirm:{lead.pk}:"


def ask(lead: Lead, *, agent: Agent, now: datetime) -> bool:
    """Owes the lead's present address a mail that asks, once an hour. The lead is held. Returns whether it is asked.

    It answers what was done with the address and is no mailing; who wants no contact is not asked, nor who confirmed
    this address before.
    """
    if not lead.email_key or lead.do_not_contact or ADDRESS_CONFIRMED.key in _recorded(lead):
        return False
    words = _(
        "At %(site)s this address was noted as yours.\n\n"
        "Follow this link and press the button there to confirm it:\n%(link)s\n\n"
        "If it is not yours, do nothing."
    )
    letters.write(
        address=lead.email,
        subject=_("Is this your address?"),
        text=words % {"site": settings.BASE_URL, "link": _link(lead, now=now)},
        dedupe_key=f"{letter_key_before(lead)}{_digest(lead)}:{now:%Y%m%d%H}",
        now=now,
    )
    _record(lead, ADDRESS_ASKED, agent=agent, now=now)
    return True


class NotAsked(Exception):
    """The address is not asked again now; the message says why."""


@transaction.atomic
def ask_again(*, lead_id: int, agent: Agent, now: datetime) -> None:
    """The mail once more, to an address that is not confirmed. Raises NotAsked, also beyond MOST_ASKED."""
    [lead] = locked([lead_id])
    asked = _about(lead).filter(kind=ADDRESS_ASKED.key, at__gt=now - LINK_LASTS)
    times = list(asked.order_by("-at").values_list("at", flat=True))
    if not is_unconfirmed(lead):
        raise NotAsked(_("Nothing is left to ask about this address."))
    if times and times[0] > now - ASKED_EVERY:
        raise NotAsked(_("The address was asked within the last hour. A mail may need a while: try again later."))
    if len(times) >= MOST_ASKED:
        raise NotAsked(_("The address was asked often enough in these seven days. Ask the person in another way."))
    if not ask(lead, agent=agent, now=now):
        raise NotAsked(_("The person wants no contact, so the address is not asked."))


def is_unconfirmed(lead: Lead) -> bool:
    """Whether somebody was asked about the present address and has not said that it is theirs."""
    return bool(lead.email_key) and set(_recorded(lead)) == {ADDRESS_ASKED.key}


def lead_of_link(token: str, digest: str, *, now: datetime) -> Lead:
    """The lead whose present address a link was made for; raises LinkRefused, also when it has another one by now."""
    public_id = read_link(token, purpose=f"{_PURPOSE}:{digest}", now=now)
    lead = Lead.objects.filter(public_id=public_id).first()
    if lead is None or not lead.email_key or _digest(lead) != digest:
        raise LinkRefused(_("This address is not noted any more, so there is nothing to confirm."))
    return lead


@transaction.atomic
def confirm(*, token: str, digest: str, now: datetime) -> bool:
    """The address is theirs: whoever followed the link has the mailbox. Returns False when they said so before."""
    [lead] = locked([lead_of_link(token, digest, now=now).pk])
    if _digest(lead) != digest:
        raise LinkRefused(_("This address is not noted any more, so there is nothing to confirm."))
    if ADDRESS_CONFIRMED.key in _recorded(lead):
        return False
    _record(lead, ADDRESS_CONFIRMED, agent=THEMSELVES, now=now)
    return True


def _link(lead: Lead, *, now: datetime) -> str:
    digest = _digest(lead)
    token = sign_link(lead.public_id, purpose=f"{_PURPOSE}:{digest}", until=now + LINK_LASTS)
    return f"{settings.BASE_URL}{reverse('confirm_address', args=[digest, token])}"


def _digest(lead: Lead) -> str:
    """The same for one address of one lead, and not the address."""
    return hashlib.sha256(f"{lead.pk}:{lead.email_key}".encode()).hexdigest()[:16]


def _recorded(lead: Lead) -> list[str]:
    """Which of the two kinds of event there are of the present address."""
    kinds = (ADDRESS_ASKED.key, ADDRESS_CONFIRMED.key)
    return list(_about(lead).filter(kind__in=kinds).order_by().values_list("kind", flat=True))


def _about(lead: Lead) -> QuerySet[LeadEvent]:
    """What is recorded of the present address."""
    events: QuerySet[LeadEvent] = lead.events.filter(data__address=_digest(lead))
    return events


def _record(lead: Lead, kind: EventKind, *, agent: Agent, now: datetime) -> None:
    entry = Entry(lead_id=lead.pk, kind=kind, at=now, data={"address": _digest(lead)})
    record([entry], agent=agent, now=now)
