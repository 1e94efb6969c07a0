"""What a person did with a link of ours to content."""

from datetime import datetime

from capture.own_links import record
from leads.events import Agent
from leads.models import Asset, Lead, Machine

_AGENT = Agent(name="delivery page")


def record_click(asset: Asset, lead: Lead, *, machine: Machine, now: datetime) -> None:
    """The link was followed."""
    _record("email_clicked", asset, lead, machine=machine, now=now)


def record_download(asset: Asset, lead: Lead, *, machine: Machine, now: datetime) -> None:
    """The button was pressed, which programs seldom do."""
    _record("download", asset, lead, machine=machine, now=now)


def _record(type_key: str, asset: Asset, lead: Lead, *, machine: Machine, now: datetime) -> None:
    key = f"{asset.public_id.hex}:{lead.public_id.hex}"
    record(type_key, lead, key=key, machine=machine, source="delivery", agent=_AGENT, now=now, asset=asset.key)
