"""What a page says of who its visitor is, which nobody has proved.

An address nobody knows becomes a lead; what the same site says of it goes on to it for as long as nobody else says
anything of it. A lead that is known from anywhere else is neither read nor changed: the visitor is a candidate.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.dispatch import receiver

from capture.models import ClaimedLead, ImportedLead, Site
from capture.models.visitor import Visitor
from capture.tracking.identification import identify, join
from capture.tracking.joining import agent_name
from capture.tracking.visitors import identifications_of, in_force
from leads.events import Agent
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.lifecycle import locked
from leads.models import Lead, LeadIdentifier
from leads.normalise import Refusal, email_key
from leads.signals import leads_changed
from lib.arrays import array_literal
from lib.together import tell

# Not those of the site whose pages said it (joining.agent_name).
_END_CLAIMS: Final = """
DELETE FROM capture_claimedlead AS claimed USING capture_site AS site
WHERE claimed.lead_id = ANY(%s::bigint[]) AND site.id = claimed.site_id AND left('site ' || site.name, 100) <> %s
"""


def claim(*, site: Site, visitor_id: int, lead_input: LeadInput, at: datetime, now: datetime) -> Taken | Refusal | None:
    """A visitor is said to be the lead with this address or this id.

    Returns what became of the lead; None where it is known from elsewhere, and where there is no address and nobody
    has the id: then what was said is kept until the address is.
    """
    description = Visitor.objects.values_list("description", flat=True).get(pk=visitor_id)
    lead_input = _with(lead_input, description)
    try:
        known = _known(lead_input)
    except Refusal as refusal:
        return refusal
    if known:
        return _of_known(known, site=site, visitor_id=visitor_id, lead_input=lead_input, at=at, now=now)
    if not lead_input.email:
        remember(visitor_id, lead_input)
        return None
    result = _new(lead_input, site=site, now=now)
    if result is None:  # somebody else brought the lead in this moment
        return claim(site=site, visitor_id=visitor_id, lead_input=lead_input, at=at, now=now)
    if isinstance(result, Taken):
        _join(visitor_id, result.lead_id, lead_input, at=at, now=now)
    return result


def say(*, site: Site, lead_id: int, lead_input: LeadInput, now: datetime) -> Taken | Refusal | None:
    """Something is said of a visitor who is that lead by a claim; None where the lead is known from elsewhere too."""
    return _tell(lead_id, site=site, lead_input=lead_input, now=now)


def remember(visitor_id: int, lead_input: LeadInput) -> None:
    """Keeps what was said of somebody whose address nobody has said."""
    description = _said(lead_input)
    if description:
        visitor = Visitor.objects.get(pk=visitor_id)
        Visitor.objects.filter(pk=visitor_id).update(description={**visitor.description, **description})


def _known(lead_input: LeadInput) -> list[int]:
    """The leads that have, or had before a merge, this address or this id, the one with the address first.

    Raises Refusal.
    """
    ids: list[int] = []
    if lead_input.email:
        key = email_key(lead_input.email)
        ids += Lead.objects.filter(email_key=key).values_list("pk", flat=True)
        ids += LeadIdentifier.objects.filter(email_key=key).values_list("lead_id", flat=True)
    if lead_input.external_id:
        named = LeadIdentifier.objects.filter(external_id=lead_input.external_id, system=lead_input.system)
        ids += named.values_list("lead_id", flat=True)
    return list(dict.fromkeys(ids))


def _of_known(
    known: list[int], *, site: Site, visitor_id: int, lead_input: LeadInput, at: datetime, now: datetime
) -> Taken | Refusal | None:
    result = _tell(known[0], site=site, lead_input=lead_input, now=now) if len(known) == 1 else None
    if result is None:
        claimed = {"email": lead_input.email, "external_id": lead_input.external_id, **_said(lead_input)}
        claimed = {name: value for name, value in claimed.items() if value}
        identify(visitor_id=visitor_id, lead_id=known[0], is_verified=False, at=at, now=now, claimed=claimed)
    elif isinstance(result, Taken):
        _join(visitor_id, result.lead_id, lead_input, at=at, now=now)
    return result


@transaction.atomic
def _tell(lead_id: int, *, site: Site, lead_input: LeadInput, now: datetime) -> Taken | Refusal | None:
    """Takes over what is said of a lead that only this site knows; the lead is held while that is looked at."""
    list(locked([lead_id]).values_list("pk"))
    is_claimed = ClaimedLead.objects.filter(lead=lead_id, site=site).exists()
    # An import that says nothing new changes nothing, and is news of the lead all the same.
    if not is_claimed or ImportedLead.objects.filter(lead=lead_id).exists():
        return None
    [result] = take_leads([lead_input], agent=Agent(name=agent_name(site.name)), now=now)
    return result


def _new(lead_input: LeadInput, *, site: Site, now: datetime) -> Taken | Refusal | None:
    """The lead that came into being; None when somebody else's came first, which is left as it is."""
    with transaction.atomic():
        [result] = take_leads([lead_input], agent=Agent(name=agent_name(site.name)), now=now)
        if isinstance(result, Refusal):
            return result
        if result.outcome == "created":
            ClaimedLead.objects.create(lead_id=result.lead_id, site=site)
            return result
        transaction.set_rollback(True)
    return None


def _join(visitor_id: int, lead_id: int, lead_input: LeadInput, *, at: datetime, now: datetime) -> None:
    before = in_force(identifications_of([visitor_id]).get(visitor_id, []), at)
    if before is None or before.lead_id != lead_id:
        join(visitor_id=visitor_id, lead_id=lead_id, is_joined=True, is_verified=False, at=at, now=now,
             claimed=_said(lead_input))  # fmt: skip


def _with(lead_input: LeadInput, description: Mapping[str, Any]) -> LeadInput:
    """What is said now goes before what was said earlier."""
    missing = {name: value for name, value in description.items() if getattr(lead_input, name, None) in ("", None)}
    return replace(lead_input, **missing)


def _said(lead_input: LeadInput) -> dict[str, Any]:
    """What is said of the lead besides what names it."""
    unsaid = {"email", "external_id", "system"}
    return {
        name: value for name, value in asdict(lead_input).items() if name not in unsaid and value not in ("", None, {})
    }


@receiver(leads_changed, dispatch_uid="capture.known_elsewhere")
def known_elsewhere(*, lead_ids: list[int], agent: Agent | None = None, **_: object) -> None:
    """Somebody else than pages of the site said something of these leads: claims do not change them any more."""
    # Nothing refers to a claim, and nearly always there is none: asking for it first would be one way more.
    pages = "" if agent is None or agent.user else agent.name
    tell(_END_CLAIMS, [array_literal(lead_ids), pages])
