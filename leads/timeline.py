"""What happened to one lead, newest first: what it did and what became of it, in sentences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leads.events import KINDS
from leads.models import Activity, Lead, LeadEvent, Machine

PAGE: Final = 40
_HUMAN: Final = (Machine.HUMAN, Machine.OVERRULED)
_ICONS: Final = {
    "lead.created": "plus",
    "lead.mql": "star",
    "handoff.passed": "arrow-right",
    "handoff.accepted": "check",
    "handoff.qualified": "check",
    "handoff.rejected": "return",
    "handoff.recycled": "return",
    "handoff.breached": "late",
    "handoff.disqualified": "block",
    "lead.customer": "star",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    sentence: str | Promise
    detail: str = ""
    icon: str = ""
    meaning: str = ""
    url: str = ""


def timeline(lead: Lead, *, before: datetime | None = None) -> tuple[list[Entry], datetime | None]:
    """Up to 40 entries older than `before`, and the moment to ask the next page with (None at the end)."""
    activities = (
        Activity.objects.filter(Q(occurred_at__lt=before) if before else Q(), lead=lead)
        .select_related("type", "page", "asset", "campaign", "channel")
        .order_by("-occurred_at", "-pk")[: PAGE + 1]
    )
    events = (
        LeadEvent.objects.filter(Q(at__lt=before) if before else Q(), lead=lead)
        .select_related("actor")
        .order_by("-at", "-pk")[: PAGE + 1]
    )
    entries = [*map(_of_activity, activities), *map(_of_event, events)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    if len(entries) <= PAGE:
        return entries, None
    # Entries of one moment stay on one page, so that the next page can start strictly before it.
    cut = entries[PAGE - 1].at
    shown = [entry for entry in entries if entry.at >= cut]
    return shown, cut if len(shown) < len(entries) or len(entries) > PAGE else None


def _of_activity(activity: Activity) -> Entry:
    about = activity.asset or activity.page
    parts = [str(part) for part in (activity.campaign, activity.channel) if part]
    if activity.seconds:
        parts.append(_("%(seconds)s seconds") % {"seconds": activity.seconds})
    name = _(activity.type.name)
    is_machine = activity.machine not in _HUMAN
    if is_machine:
        parts.append(activity.get_machine_display())
    return Entry(
        at=activity.occurred_at,
        sentence=f"{name[:1].upper()}{name[1:]}: {about}" if about else f"{name[:1].upper()}{name[1:]}",
        detail=", ".join(parts),
        meaning="machine" if is_machine else "",
    )


def _of_event(event: LeadEvent) -> Entry:
    _label, sentence = KINDS[event.kind]
    who = str(event.actor) if event.actor else event.agent
    fields = event.data.get("fields")
    parts = [_("by %(who)s") % {"who": who} if who else "", event.reason, event.text]
    if fields:
        parts.append(", ".join(fields))
    return Entry(
        at=event.at,
        sentence=sentence,
        detail=" · ".join(part for part in parts if part),
        icon=_ICONS.get(event.kind, "dot"),
        meaning="late" if event.kind == "handoff.breached" else "accent",
    )
