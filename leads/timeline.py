"""What happened to one lead, newest first: what it did and what became of it, in sentences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.events import KINDS, SYSTEM
from leads.models import Activity, Lead, LeadEvent, Machine, Status
from lib.durations import seconds_words
from lib.templatetags.look import number, signed

PAGE: Final = 40
_HUMAN: Final = (Machine.HUMAN, Machine.OVERRULED)
_ICONS: Final = {
    "lead.created": "plus",
    "lead.mql": "star",
    "handoff.approved": "check",
    "handoff.passed": "arrow-right",
    "handoff.reassigned": "person",
    "handoff.deadline_moved": "clock",
    "handoff.forwarded": "arrow-right",
    "handoff.taken_back": "return",
    "handoff.accepted": "check",
    "handoff.qualified": "check",
    "handoff.rejected": "return",
    "handoff.recycled": "return",
    "handoff.breached": "late",
    "handoff.disqualified": "block",
    "lead.customer": "star",
    "score.given_by_hand": "edit",
    "score.taken_back": "return",
    "activity.by_person": "check",
    "activity.by_program": "machine",
}

TOUCH_ICONS: Final[dict[str, str]] = {
    "page_view": "eye",
    "site_visit": "eye",
    "search": "search",
    "email_opened": "mail",
    "email_clicked": "mail",
    "email_delivered": "mail",
    "download": "download",
    "form_submitted": "form",
    "phone_given": "phone",
    "programme_joined": "star",
    "webinar_registered": "calendar",
    "webinar_attended": "calendar",
    "event_attended": "calendar",
    "video_watched": "play",
    "demo_used": "play",
    "trial_used": "play",
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


def touch_words(activity: Activity) -> str:
    """Downloaded content “Buying guide”. Type, page, asset and campaign are expected to be loaded."""
    what = activity.asset or activity.page or activity.campaign
    did = _(activity.type.name)
    words = _("%(did)s “%(what)s”") % {"did": did, "what": what} if what else did
    return words[:1].upper() + words[1:]


def is_machine(activity: Activity) -> bool:
    """Whether a program did it."""
    return activity.machine not in _HUMAN


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
        icon=TOUCH_ICONS.get(activity.type.key, "dot"),
        meaning="machine" if is_machine(activity) else "",
    )


def _of_event(event: LeadEvent) -> Entry:
    _label, sentence = KINDS[event.kind]
    who = str(event.actor) if event.actor else "" if event.agent == SYSTEM.name else event.agent
    parts = [_("by %(who)s") % {"who": who} if who else "", event.reason, *_facts(event), event.text]
    if fields := event.data.get("fields"):
        parts.append(", ".join(map(_field_words, fields)))
    return Entry(
        at=event.at,
        sentence=sentence,
        detail=" · ".join(part for part in parts if part),
        icon=_ICONS.get(event.kind, "dot"),
        meaning="late" if event.kind == "handoff.breached" else "accent",
    )


def _facts(event: LeadEvent) -> list[str]:
    """What the sentence leaves open: how many points and until when, or how many activities."""
    said, facts = event.data, []
    if event.kind == "handoff.breached" and event.to_status == Status.RECYCLED:
        facts.append(_("the lead went back to nurture"))
    if event.kind == "handoff.deadline_moved":
        moments = {name: _moment(said[name]) for name in ("before", "after")}
        facts.append(_("from %(before)s to %(after)s") % moments)
    if event.kind.startswith("score."):
        points = ngettext("%(points)s point", "%(points)s points", abs(said["points"]))
        facts.append(points % {"points": signed(said["points"])})
    if event.kind == "score.given_by_hand":
        facts.append(_("until %(moment)s") % {"moment": _moment(said["until"])})
    if event.kind.startswith("activity."):
        count = ngettext("%(count)s activity", "%(count)s activities", said["activities"])
        facts.append(count % {"count": number(said["activities"])})
    return facts


def _moment(stored: str) -> str:
    """As its reader's clock shows it."""
    return date_format(timezone.localtime(datetime.fromisoformat(stored)), "j M Y, H:i")


def _field_words(name: str) -> str:
    """A field of the lead as its page calls it. The record may be older than the field's name."""
    try:
        return str(Lead._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001
    except FieldDoesNotExist:
        return name
