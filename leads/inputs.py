"""What intake takes in and what it answers."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final, Literal

from lib.text import is_storable, storable

# Names are refused where they hold broken characters, never repaired: two of them could become one.
_NAMES: Final = {"email", "external_id", "message_id"}


@dataclass(frozen=True, slots=True)
class LeadInput:
    """What is said about one lead. Empty means not said; what is known is never emptied by silence."""

    email: str = ""
    external_id: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    job_title: str = ""
    company: str = ""
    company_domain: str = ""
    industry: str = ""
    employees: int | None = None
    country: str = ""
    city: str = ""
    budget: int | None = None
    is_decision_maker: bool | None = None
    channel: str = ""
    campaign: str = ""
    landing_page: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActivityInput:
    """One thing one lead did. `message_id` is the sender's own: the same id counts once, for ever."""

    message_id: str
    type: str
    lead: LeadInput
    occurred_at: datetime
    page: str = ""
    asset: str = ""
    campaign: str = ""
    channel: str = ""
    visit: uuid.UUID | None = None
    seconds: int | None = None
    is_machine: bool = False
    user_agent: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    corrections: tuple[str, ...] = ()


def repaired(given: LeadInput) -> LeadInput:
    """The input with every text but the names storable: U+FFFD in place of NUL and lone surrogates."""
    broken = _broken(given)
    return replace(given, **broken) if broken else given


def repaired_activity(given: ActivityInput) -> ActivityInput:
    """The same for an activity and its lead, with "sanitized" among the corrections when anything was broken."""
    lead, broken = repaired(given.lead), _broken(given)
    if lead is given.lead and not broken:
        return given
    corrections = given.corrections if "sanitized" in given.corrections else (*given.corrections, "sanitized")
    return replace(given, lead=lead, corrections=corrections, **broken)


def _broken(given: LeadInput | ActivityInput) -> dict[str, Any]:
    values = ((one.name, getattr(given, one.name)) for one in fields(given) if one.name not in _NAMES)
    return {name: storable(text) for name, text in values if isinstance(text, str) and not is_storable(text)}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an input."""

    lead_id: int
    outcome: Literal["created", "updated", "unchanged", "duplicate"]
