"""An address that a person wrote is the lead's once whoever has the mailbox says so, by a link of our mail.

Until then the lead's page says that it is not confirmed. It is recorded as events: one asks, one confirms, each for one
address, which they know by a digest.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.consent.preferences import THEMSELVES
from leads.correcting.event_kinds import ADDRESS_ASKED, ADDRESS_CONFIRMED
from leads.events import Agent, Entry, EventKind, record
from leads.lifecycle import locked
from leads.models import Lead
from lib.signed_links import LinkRefused, read_link, sign_link
from outbox import letters

LINK_LASTS: Final = timedelta(days=7)
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
    about = lead.events.filter(kind__in=kinds, data__address=_digest(lead))
    return list(about.order_by().values_list("kind", flat=True))


def _record(lead: Lead, kind: EventKind, *, agent: Agent, now: datetime) -> None:
    entry = Entry(lead_id=lead.pk, kind=kind, at=now, data={"address": _digest(lead)})
    record([entry], agent=agent, now=now)
