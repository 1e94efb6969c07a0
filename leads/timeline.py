"""What happened to one lead, newest first: what it did and what became of it, in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leads.events import SYSTEM, event_kind
from leads.models import BY_PERSON, Activity, Lead, LeadEvent
from lib.moments import seconds_words
from lib.page_sizes import TIMELINE_ROWS


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
    """A page of entries older than `before`, and the moment to ask the next page with (None at the end)."""
    activities = (
        Activity.objects.filter(Q(occurred_at__lt=before) if before else Q(), lead=lead)
        .select_related("type", "page", "asset", "campaign", "channel")
        .order_by("-occurred_at", "-pk")[: TIMELINE_ROWS + 1]
    )
    events = (
        LeadEvent.objects.filter(Q(at__lt=before) if before else Q(), lead=lead)
        .select_related("actor")
        .order_by("-at", "-pk")[: TIMELINE_ROWS + 1]
    )
    entries = [*map(_of_activity, activities), *map(_of_event, events)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    if len(entries) <= TIMELINE_ROWS:
        return entries, None
    # Entries of one moment stay on one page, so that the next page can start strictly before it.
    cut = entries[TIMELINE_ROWS - 1].at
    shown = [entry for entry in entries if entry.at >= cut]
    return shown, cut if len(shown) < len(entries) or len(entries) > TIMELINE_ROWS else None


def touch_words(activity: Activity) -> str:
    """Downloaded content “Buying guide”. Type, page, asset and campaign are expected to be loaded."""
    what = activity.asset or activity.page or activity.campaign
    did = _(activity.type.name)
    words = _("%(did)s “%(what)s”") % {"did": did, "what": what} if what else did
    return words[:1].upper() + words[1:]


def is_machine(activity: Activity) -> bool:
    """Whether a program did it."""
    return activity.machine not in BY_PERSON


def _of_activity(activity: Activity) -> Entry:
    parts = [str(part) for part in (activity.campaign, activity.channel) if part]
    if activity.seconds:
        parts.append(seconds_words(activity.seconds))
    if is_machine(activity):
        parts.append(activity.get_machine_display())
    return Entry(
        at=activity.occurred_at,
        sentence=touch_words(activity),
        detail=", ".join(parts),
        icon=activity.type.icon,
        meaning="machine" if is_machine(activity) else "",
    )


def _of_event(event: LeadEvent) -> Entry:
    kind = event_kind(event.kind)
    who = str(event.actor) if event.actor else "" if event.agent == SYSTEM.name else event.agent
    parts = [_("by %(who)s") % {"who": who} if who else "", event.reason, *kind.facts(event), event.text]
    return Entry(
        at=event.at,
        sentence=kind.sentence,
        detail=" · ".join(part for part in parts if part),
        icon=kind.icon,
        meaning=kind.meaning,
    )
