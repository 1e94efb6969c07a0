"""Reads an input once: its values as they are stored, and the keys by which leads and what they came from are known.

Everything after this works on what was read here and normalises nothing again. A value that cannot be used raises
Refusal, with the name of its field.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from leads.inputs import ActivityInput, LeadInput
from leads.models import ActivityType, Machine
from leads.normalise import (
    Refusal,
    country_code,
    domain_key,
    email_key,
    identifier,
    not_longer,
    page_key,
    source_key,
)
from lib.text import storable

# The namespace of message keys; changing it would make every old message new.
_MESSAGES: Final = uuid.UUID("6b8f2d0e-5a4c-4f5d-9a55-0d2c6d1f7c11")
# Columns of the lead that take a text as it was said.
_LEAD_COLUMNS: Final = ("first_name", "last_name", "phone", "job_title", "city")
# The longest each text may be. A web address of any length has a host, or none.
_LEAD_TEXTS: Final = {
    "first_name": 100,
    "last_name": 100,
    "phone": 40,
    "job_title": 150,
    "city": 100,
    "company": 200,
    "industry": 100,
    "channel": 100,
    "campaign": 100,
    "landing_page": 500,
    "company_domain": None,
}
_ACTIVITY_TEXTS: Final = {"channel": 100, "campaign": 100, "page": 500, "asset": 150}


@dataclass(frozen=True, slots=True)
class Identity:
    """What a lead is recognised by: the key of its e-mail or its external id, or both."""

    email_key: str
    external_id: str
    email: str


class Named(NamedTuple):
    """A channel, campaign, page or asset: the key that tells which, and its name if nobody knew it before."""

    key: str
    name: str


class CompanyName(NamedTuple):
    """What a company is recognised by: its domain where there is one, else its name."""

    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class ParsedLead:
    """What was said about one lead. `columns` are those of Lead; what was not said is not among them."""

    identity: Identity
    columns: Mapping[str, object]
    company: CompanyName | None
    industry: str
    employees: int | None
    channel: Named | None
    campaign: Named | None
    page: Named | None
    created_at: datetime | None
    is_repaired: bool


@dataclass(frozen=True, slots=True)
class Message:
    """What makes a message the same one: its key, and a digest of its content, which must not differ."""

    id: str
    key: uuid.UUID
    digest: int


@dataclass(frozen=True, slots=True)
class ParsedActivity:
    """One thing one lead did."""

    message: Message
    type: ActivityType
    lead: ParsedLead
    occurred_at: datetime
    channel: Named | None
    campaign: Named | None
    page: Named | None
    asset: Named | None
    visit: uuid.UUID | None
    seconds: int | None
    machine: Machine
    properties: Mapping[str, object]
    corrections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """A message that is stored already, and whose lead it is said to be."""

    message: Message
    identity: Identity


def parse_identity(email: str, external_id: str) -> Identity:
    """Raises Refusal when there is neither, or one that cannot be used."""
    email = email.strip()
    identity = Identity(email_key(email) if email else "", identifier(external_id, "external_id", 150), email)
    if not identity.email_key and not identity.external_id:
        raise Refusal("no_identity", "email", _("A lead needs an e-mail address or an external id."))
    return identity


def parse_lead(given: LeadInput) -> ParsedLead:
    """Raises Refusal."""
    identity = parse_identity(given.email, given.external_id)
    texts, is_repaired = _texts(given, _LEAD_TEXTS)
    columns: dict[str, object] = {name: texts[name] for name in _LEAD_COLUMNS if texts[name]}
    if given.country.strip():
        columns["country"] = country_code(given.country, "country")
    if given.budget is not None:
        columns["budget"] = given.budget
    if given.is_decision_maker is not None:
        columns["is_decision_maker"] = given.is_decision_maker
    domain = domain_key(texts["company_domain"]) if texts["company_domain"] else ""
    return ParsedLead(
        identity=identity,
        columns=columns,
        company=CompanyName(texts["company"], domain) if texts["company"] or domain else None,
        industry=texts["industry"],
        employees=given.employees,
        channel=_named(texts["channel"], source_key),
        campaign=_named(texts["campaign"], source_key),
        page=_named(texts["landing_page"], page_key),
        created_at=given.created_at,
        is_repaired=is_repaired,
    )


def message_key(source: str, message_id: str) -> uuid.UUID:
    """16 bytes for (source, message id): the identity of an activity, for ever."""
    return uuid.uuid5(_MESSAGES, f"{source}\x00{message_id}")


def parse_message(given: ActivityInput, *, source: str) -> Message:
    """Raises Refusal."""
    message_id = identifier(given.message_id, "message_id", 200)
    return Message(message_id, message_key(source, message_id), _digest(given))


def parse_activity(given: ActivityInput, *, message: Message, types: Mapping[str, ActivityType]) -> ParsedActivity:
    """The activity with its lead; `types` are those in use, by key. Raises Refusal."""
    kind = types.get(given.type.strip())
    if kind is None:
        raise Refusal(
            "unknown_type",
            "type",
            _("“%(type)s” is no activity type in use here.") % {"type": storable(given.type.strip()[:60])},
        )
    texts, is_repaired = _texts(given, _ACTIVITY_TEXTS)
    lead = parse_lead(given.lead)
    is_told = "sanitized" in given.corrections or not (is_repaired or lead.is_repaired)
    return ParsedActivity(
        message=message,
        type=kind,
        lead=lead,
        occurred_at=given.occurred_at,
        channel=_named(texts["channel"], source_key),
        campaign=_named(texts["campaign"], source_key),
        page=_named(texts["page"], page_key),
        asset=_named(texts["asset"], str),
        visit=given.visit,
        seconds=given.seconds,
        machine=given.machine,
        properties=given.properties,
        corrections=given.corrections if is_told else (*given.corrections, "sanitized"),
    )


def _texts(given: LeadInput | ActivityInput, limits: Mapping[str, int | None]) -> tuple[dict[str, str], bool]:
    """Each text trimmed and storable, and whether one of them had to be repaired for that."""
    texts: dict[str, str] = {}
    is_repaired = False
    for name, limit in limits.items():
        said: str = getattr(given, name)
        text = storable(said)
        is_repaired = is_repaired or text is not said
        texts[name] = text.strip() if limit is None else not_longer(text.strip(), name, limit)
    return texts, is_repaired


def _named(name: str, key: Callable[[str], str]) -> Named | None:
    return Named(key(name), name) if name else None


def _digest(given: ActivityInput) -> int:
    """64 bits of the content: what the sender said, not what intake made of it."""
    said = [
        given.type.strip(),
        given.lead.email.strip().lower(),
        given.lead.external_id.strip(),
        given.page,
        given.asset,
        given.campaign,
        given.channel,
        str(given.visit or ""),
        given.seconds,
        dict(given.properties),
    ]
    text = json.dumps(said, sort_keys=True, default=str, ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
