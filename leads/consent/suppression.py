"""Addresses that are left alone: they become no lead and get no mail. A keyed hash of each is stored, never itself."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings

from leads.events import Agent
from leads.models.consent import Suppression, SuppressionReason
from leads.normalise import email_key


def suppress(emails: Collection[str], *, reason: SuppressionReason, agent: Agent, now: datetime, note: str = "") -> int:
    """Leaves these addresses alone from now on; returns how many were not suppressed before.

    An address that is suppressed keeps its reason and its moment. Raises Refusal for what is no address.
    """
    return suppress_keys({email_key(email) for email in emails}, reason=reason, agent=agent, now=now, note=note)


def suppress_keys(
    keys: Collection[str], *, reason: SuppressionReason, agent: Agent, now: datetime, note: str = ""
) -> int:
    """As `suppress`, of addresses that are folded already (Lead.email_key)."""
    return suppress_digests({digest(key) for key in keys}, reason=reason, agent=agent, now=now, note=note)


def suppress_digests(
    digests: Collection[str], *, reason: SuppressionReason, agent: Agent, now: datetime, note: str = ""
) -> int:
    """As `suppress`, of addresses of which the hash alone is known still."""
    fresh = set(digests).difference(Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True))
    Suppression.objects.bulk_create(
        [
            Suppression(digest=each, reason=reason, note=note, since=now, actor=agent.user, agent=agent.name)
            for each in sorted(fresh)
        ],
        ignore_conflicts=True,
    )
    return len(fresh)


def lift(email: str) -> bool:
    """The address may become a lead again; returns whether it was suppressed. Raises Refusal for what is no address."""
    count, _ = Suppression.objects.filter(digest=digest(email_key(email))).delete()
    return bool(count)


def is_suppressed(email: str) -> bool:
    """Raises Refusal for what is no address."""
    return bool(suppressed_among([email_key(email)]))


def suppressed_among(keys: Iterable[str]) -> set[str]:
    """Those of the folded addresses (leads.normalise.email_key) that are suppressed; one statement, none for none."""
    by_digest = {digest(key): key for key in keys}
    if not by_digest:
        return set()
    stored = Suppression.objects.filter(digest__among=by_digest).values_list("digest", flat=True)
    return {by_digest[each] for each in stored}


def digest(key: str) -> str:
    """HMAC-SHA256 of a folded address, in hex: without the key of this installation nobody can try addresses out."""
    return hmac.new(settings.SUPPRESSION_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()
