"""Erasing a person: everything personal goes in one transaction, the figures stay, and the address stays out.

What each package keeps it erases itself (leads/privacy/holdings.py). The database lets events, consents and the like
be emptied in this transaction only: `baton.erasing` says so to their triggers, which see that nothing else changes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from leads import lifecycle
from leads.consent.suppression import digest, suppress_digests
from leads.events import Agent
from leads.models import Lead
from leads.models.consent import SuppressionReason
from leads.models.erasure import Erasure, ErasureReason
from leads.privacy.holdings import DataSubject, holdings
from leads.privacy.own_holdings import BLANK
from lib.leave import leave

# What an erased lead is called in place of its external id, with its random public id.
NAMED: Final = "erased-"


class ErasedAlready(Exception):
    """There is nothing left of this person; the message says so."""


def how_much(lead: Lead) -> dict[str, int]:
    """How much is kept about the person, by the key of each holding."""
    subject = DataSubject(lead=lead)
    return {holding.key: holding.count(subject) for holding in holdings()}


@transaction.atomic
def erase(*, lead_id: int, reason: ErasureReason, agent: Agent, now: datetime) -> Erasure:
    """Erases the person behind a lead and suppresses the address; raises ErasedAlready.

    An open handoff is withdrawn first. What stays is a lead without a name that reports go on counting.
    """
    [lead] = lifecycle.locked([lead_id])
    if lead.erased_at is not None:
        raise ErasedAlready(_("This person was erased before."))
    subject = DataSubject(lead=lead)
    # Known before anything is emptied: by these it is found in what was kept as it was sent.
    digests = [digest(key) for key in subject.email_keys]
    subject.marks  # noqa: B018 (read now, for the same reason)
    counts: dict[str, int] = {}
    with leave(erasing="on"):
        # Upper packages first: what they write while they let go is emptied with the rest.
        for holding in reversed(holdings()):
            counts[holding.key] = holding.erase(subject, agent, now)
            lead.refresh_from_db()
    named = f"{NAMED}{lead.public_id.hex}"
    lifecycle.forget(lead, blank=BLANK, external_id=named, reason=str(reason.label), agent=agent, now=now)
    erasure = Erasure.objects.create(
        lead=lead,
        digest=digests[0] if digests else "",
        reason=reason,
        at=now,
        actor=agent.user,
        agent=agent.name,
        counts=counts,
    )
    if digests:
        suppress_digests(digests, reason=SuppressionReason.ERASED, agent=agent, now=now)
    return erasure


def as_entry(erasure: Erasure) -> dict[str, str]:
    """What of an erasure is written beside the database."""
    return {
        "lead": erasure.lead.public_id.hex,
        "digest": erasure.digest,
        "at": erasure.at.astimezone(UTC).isoformat(),
        "reason": erasure.reason,
    }


def erase_again(entry: Mapping[str, str], *, leads_by_digest: Mapping[str, int], agent: Agent, now: datetime) -> bool:
    """Erases who came back with a restored backup; returns whether there was somebody to erase.

    The lead by its id, else the one that has the address and was there before the erasure.
    """
    reason = ErasureReason(entry["reason"])
    if entry["digest"]:
        suppress_digests({entry["digest"]}, reason=SuppressionReason.ERASED, agent=agent, now=now)
    came_back = Lead.objects.filter(erased_at=None)
    of_id = came_back.filter(public_id=entry["lead"])
    of_address = came_back.filter(pk=leads_by_digest.get(entry["digest"], 0), recorded_at__lt=entry["at"])
    lead_ids = sorted({*of_id.values_list("pk", flat=True), *of_address.values_list("pk", flat=True)})
    for lead_id in lead_ids:
        erase(lead_id=lead_id, reason=reason, agent=agent, now=now)
    return bool(lead_ids)
