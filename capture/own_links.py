"""What somebody did by a link of ours, in a mail or on a page it leads to, as an activity: once a day each."""

from collections.abc import Mapping
from datetime import datetime

from capture.bursts import look_for_bursts
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead, Machine
from lib.zones import organisation_day


def record(
    type_key: str,
    lead: Lead,
    *,
    key: str,
    machine: Machine,
    source: str,
    agent: Agent,
    now: datetime,
    asset: str = "",
    properties: Mapping[str, object] | None = None,
) -> None:
    """A person did it, or the scanner of a mail gateway, which is worth nothing. `key` names what was followed."""
    by = "program" if machine != Machine.HUMAN else "person"
    activity = ActivityInput(
        message_id=f"{type_key}:{by}:{key}:{organisation_day(now).isoformat()}",
        type=type_key,
        lead=LeadInput(email=lead.email, external_id=lead.external_id or "", system=lead.external_system),
        occurred_at=now,
        asset=asset,
        machine=machine,
        properties=properties or {},
    )
    results = take_activities([activity], agent=agent, source=source, now=now)
    look_for_bursts([activity], results, now=now)
