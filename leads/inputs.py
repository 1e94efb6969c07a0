"""What intake takes in and what it answers.

None of these is frozen, here and in leads/parsing.py, though nothing changes them: a frozen one takes three to six
times as long to make, and each event makes eight.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leads.models import Machine


@dataclass(slots=True)
class LeadInput:
    """What is said about one lead. Empty means not said; what is known is never emptied by silence."""

    email: str = ""
    external_id: str = ""
    # Whose id that is, folded; empty: the one that all share who name none.
    system: str = ""
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
    # Values of custom fields by their keys, as they were said (leads/custom_fields/parsing.py reads them).
    custom: Mapping[str, object] = field(default_factory=dict)
    company_custom: Mapping[str, object] = field(default_factory=dict)
    created_at: datetime | None = None


@dataclass(slots=True)
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
    machine: Machine = Machine.HUMAN
    properties: Mapping[str, object] = field(default_factory=dict)
    corrections: tuple[str, ...] = ()


@dataclass(slots=True)
class Taken:
    """What became of an input."""

    lead_id: int
    public_id: uuid.UUID  # the lead's
    outcome: Literal["created", "updated", "unchanged", "duplicate"]
