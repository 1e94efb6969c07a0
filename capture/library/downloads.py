"""What a person did with a link of ours to content, as activities: once a day each."""

from datetime import datetime

from capture.bursts import look_for_bursts
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Asset, Lead, Machine
from lib.zones import organisation_day

_AGENT = Agent(name="delivery page")


def record_click(asset: Asset, lead: Lead, *, machine: Machine, now: datetime) -> None:
    """The link was followed: by the person, or by the scanner of a mail gateway, which is worth nothing."""
    by = "program" if machine != Machine.HUMAN else "person"
    _record("email_clicked", asset, lead, machine=machine, by=by, now=now)


def record_download(asset: Asset, lead: Lead, *, machine: Machine, now: datetime) -> None:
    """The button was pressed, which programs seldom do."""
    by = "program" if machine != Machine.HUMAN else "person"
    _record("download", asset, lead, machine=machine, by=by, now=now)


def _record(type_key: str, asset: Asset, lead: Lead, *, machine: Machine, by: str, now: datetime) -> None:
    day = organisation_day(now).isoformat()
    activity = ActivityInput(
        message_id=f"{type_key}:{by}:{asset.public_id.hex}:{lead.public_id.hex}:{day}",
        type=type_key,
        lead=LeadInput(email=lead.email, external_id=lead.external_id or "", system=lead.external_system),
        occurred_at=now,
        asset=asset.key,
        machine=machine,
    )
    results = take_activities([activity], agent=_AGENT, source="delivery", now=now)
    look_for_bursts([activity], results, now=now)
