"""The latest messages of a site in words, for who watches what comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from capture.models import Sighting, Site
from leads.models import ActivityType, Channel, Machine, Page


@dataclass(frozen=True, slots=True)
class Shown:
    """One message. Texts are empty where nothing is known; `problem` is the code of why it is kept aside."""

    at: datetime
    message: str
    name: str
    type: str
    page: str
    category: str
    is_key: bool
    channel: str
    machine: str
    lead_url: str
    problem: str


def latest(site: Site) -> list[Shown]:
    """Newest first, in five statements however many there are."""
    rows = list(site.sightings.order_by("-pk"))
    types = dict(ActivityType.objects.values_list("key", "name"))
    channels = dict(Channel.objects.filter(key__in=_all(rows, "channel")).values_list("key", "name"))
    pages = {page.key: page for page in Page.objects.filter(key__in=_all(rows, "page"))}
    return [
        Shown(
            at=row.at,
            message=row.facts["message"],
            name=row.facts["name"],
            type=types.get(row.facts["type"], ""),
            page=row.facts["page"],
            category=pages[row.facts["page"]].get_category_display() if row.facts["page"] in pages else "",
            is_key=row.facts["page"] in pages and pages[row.facts["page"]].is_key,
            channel=channels.get(row.facts["channel"], row.facts["channel"]),
            machine=str(Machine(row.facts["machine"]).label) if row.facts["type"] else "",
            lead_url=reverse("leads:detail", args=[row.facts["lead"]]) if row.facts["lead"] else "",
            problem=row.facts["problem"],
        )
        for row in rows
    ]


def _all(rows: Sequence[Sighting], name: str) -> set[str]:
    return {row.facts[name] for row in rows} - {""}
