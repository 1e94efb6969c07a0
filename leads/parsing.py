"""Reads an input once: its values as they are stored, and the keys by which leads and what they came from are known.

Everything after this works on what was read here and normalises nothing again. A value that cannot be used raises
Refusal, with the name of its field.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from leads.custom_fields.kinds import Value
from leads.custom_fields.parsing import parse_custom
from leads.inputs import ActivityInput, LeadInput
from leads.models import About, ActivityType, Machine
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
from lib.folding import fold
from lib.text import storable

# The namespace of message keys; changing it would make every old message new.
_MESSAGES: Final = uuid.UUID("6b8f2d0e-5a4c-4f5d-9a55-0d2c6d1f7c11")
# How content becomes a digest; changing it would make every repetition a conflict.
_CONTENT: Final = json.JSONEncoder(sort_keys=True, default=str)
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
_texts_of_lead: Final = attrgetter(*_LEAD_TEXTS)
_texts_of_activity: Final = attrgetter(*_ACTIVITY_TEXTS)


@dataclass(slots=True)
class Identity:
    """What a lead is recognised by: the key of its e-mail or its external id, which is one of a system, or both."""

    email_key: str
    external_id: str
    email: str
    system: str


class Named(NamedTuple):
    """A channel, campaign, page or asset: the key that tells which, and how it is written if nobody knew it before."""

    key: str
    name: str


class CompanyName(NamedTuple):
    """What a company is recognised by: its domain where there is one, else its name."""

    name: str
    domain: str


@dataclass(slots=True)
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
    # What was said of custom fields, as it is stored; empty nearly always.
    custom: Mapping[str, Value]
    company_custom: Mapping[str, Value]


@dataclass(slots=True)
class Message:
    """What makes a message the same one: its key, and a digest of its content, which must not differ."""

    id: str
    key: uuid.UUID
    digest: int


@dataclass(slots=True)
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


@dataclass(slots=True)
class Repetition:
    """A message that is stored already, and whose lead it is said to be."""

    message: Message
    identity: Identity


Refuse = Callable[[Refusal], None]


def parse_identity(email: str, external_id: str, system: str) -> Identity:
    """Raises Refusal when there is neither, or one that cannot be used."""
    email = email.strip()
    identity = Identity(email_key(email) if email else "", identifier(external_id, "external_id", 150), email, system)
    if not identity.email_key and not identity.external_id:
        raise Refusal("no_identity", "email", _("A lead needs an e-mail address or an external id."))
    return identity


def parse_lead(lead_input: LeadInput) -> ParsedLead:
    """Raises Refusal."""
    return _lead(lead_input, _raise)


def parse_usable_lead(lead_input: LeadInput) -> tuple[ParsedLead, list[Refusal]]:
    """The lead without the values that cannot be used, and why each of them cannot.

    One whose e-mail or external id is refused has no identity: it is told of, not taken.
    """
    refusals: list[Refusal] = []
    return _lead(lead_input, refusals.append), refusals


def _lead(lead_input: LeadInput, refuse: Refuse) -> ParsedLead:
    try:
        identity = parse_identity(lead_input.email, lead_input.external_id, lead_input.system)
    except Refusal as refusal:
        refuse(refusal)
        identity = Identity("", "", "", "")
    texts, is_repaired = _texts(_texts_of_lead(lead_input), _LEAD_TEXTS, refuse)
    columns: dict[str, object] = {name: texts[name] for name in _LEAD_COLUMNS if texts[name]}
    if lead_input.country.strip():
        try:
            columns["country"] = country_code(lead_input.country, "country")
        except Refusal as refusal:
            refuse(refusal)
    if lead_input.budget is not None:
        columns["budget"] = lead_input.budget
    if lead_input.is_decision_maker is not None:
        columns["is_decision_maker"] = lead_input.is_decision_maker
    custom = parse_custom(lead_input.custom, about=About.LEAD, refuse=refuse)
    domain = domain_key(texts["company_domain"]) if texts["company_domain"] else ""
    company = CompanyName(texts["company"], domain) if fold(texts["company"]) or domain else None
    return ParsedLead(
        identity=identity,
        columns=columns,
        company=company,
        industry=texts["industry"],
        employees=lead_input.employees,
        channel=_source(texts["channel"]),
        campaign=_source(texts["campaign"]),
        page=_page(texts["landing_page"]),
        created_at=lead_input.created_at,
        is_repaired=is_repaired,
        custom=custom,
        company_custom=_of_company(lead_input.company_custom, company, refuse),
    )


def _of_company(custom: Mapping[str, object], company: CompanyName | None, refuse: Refuse) -> Mapping[str, Value]:
    values = parse_custom(custom, about=About.COMPANY, refuse=refuse)
    if values and company is None:
        text = _("Something is said of a company, but not which one it is.")
        refuse(Refusal("no_company", "company_custom", text))
        return {}
    return values


def message_key(source: str, message_id: str) -> uuid.UUID:
    """16 bytes for (source, message id): the identity of an activity, for ever."""
    return uuid.uuid5(_MESSAGES, f"{source}\x00{message_id}")


def parse_message(activity_input: ActivityInput, *, source: str) -> Message:
    """Raises Refusal."""
    message_id = identifier(activity_input.message_id, "message_id", 200)
    return Message(message_id, message_key(source, message_id), _digest(activity_input))


def parse_activity(
    activity_input: ActivityInput, *, message: Message, types: Mapping[str, ActivityType]
) -> ParsedActivity:
    """The activity with its lead; `types` are those in use, by key. Raises Refusal."""
    kind = types.get(activity_input.type.strip())
    if kind is None:
        raise Refusal(
            "unknown_type",
            "type",
            _("“%(type)s” is no activity type in use here.") % {"type": storable(activity_input.type.strip()[:60])},
        )
    texts, is_repaired = _texts(_texts_of_activity(activity_input), _ACTIVITY_TEXTS, _raise)
    lead = parse_lead(activity_input.lead)
    is_told = "sanitized" in activity_input.corrections or not (is_repaired or lead.is_repaired)
    return ParsedActivity(
        message=message,
        type=kind,
        lead=lead,
        occurred_at=activity_input.occurred_at,
        channel=_source(texts["channel"]),
        campaign=_source(texts["campaign"]),
        page=_page(texts["page"]),
        asset=_content(texts["asset"]),
        visit=activity_input.visit,
        seconds=activity_input.seconds,
        machine=activity_input.machine,
        properties=activity_input.properties,
        corrections=activity_input.corrections if is_told else (*activity_input.corrections, "sanitized"),
    )


def _raise(refusal: Refusal) -> None:
    raise refusal


def _texts(values: Sequence[str], limits: Mapping[str, int | None], refuse: Refuse) -> tuple[dict[str, str], bool]:
    """Each text trimmed and storable, empty where it is refused, and whether one had to be repaired for that."""
    texts = dict.fromkeys(limits, "")
    is_repaired = False
    for value, (name, limit) in zip(values, limits.items(), strict=True):
        if value:
            text = storable(value)
            is_repaired = is_repaired or text is not value
            try:
                texts[name] = text.strip() if limit is None else not_longer(text.strip(), name, limit)
            except Refusal as refusal:
                refuse(refusal)
    return texts, is_repaired


def _source(name: str) -> Named | None:
    key = source_key(name) if name else ""
    return Named(key, name) if key else None


def _page(address: str) -> Named | None:
    return _content(page_key(address)) if address else None


def _content(name: str) -> Named | None:
    key = fold(name)
    return Named(key, name) if key else None


def _digest(activity_input: ActivityInput) -> int:
    """64 bits of the content: what the sender said, not what intake made of it."""
    parts = [
        activity_input.type.strip(),
        activity_input.lead.email.strip().lower(),
        activity_input.lead.external_id.strip(),
        activity_input.page,
        activity_input.asset,
        activity_input.campaign,
        activity_input.channel,
        str(activity_input.visit or ""),
        activity_input.seconds,
        dict(activity_input.properties),
    ]
    return int.from_bytes(hashlib.sha256(_CONTENT.encode(parts).encode()).digest()[:8], signed=True)
