"""What happened to one lead, newest first: what it did and what became of it, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from leads.by_hand import may_take_back
from leads.correcting.fields import Values, of_lead, undoable
from leads.event_kinds import CHANGED, NOTE
from leads.events import SYSTEM, event_kind
from leads.models import BY_PERSON, Activity, Lead, LeadEvent, LoggedActivity, Machine
from lib.moments import seconds_words
from lib.numbers import number
from lib.page_sizes import TIMELINE_ROWS

# What stands together as one line where it was on one day, and how many of the pages are named.
PAGE_VIEW: Final = "page_view"
PAGES_NAMED: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an entry stands: many may be of one moment, so its key says which of them.

    What is newer is greater; of one moment what the lead did is above what became of it, and the greater key above.
    """

    at: datetime
    is_activity: bool
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {'did' if self.is_activity else 'became'} {self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that was written as this text; None when none was."""
        moment, _space, rest = text.partition(" ")
        source, _space, key = rest.partition(" ")
        is_key = key.isascii() and key.isdecimal() and len(key) <= 18
        try:
            at = parse_datetime(moment)
            if at is None or not timezone.is_aware(at) or source not in ("did", "became") or not is_key:
                return None
            return cls(at.astimezone(UTC), source == "did", int(key))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    place: Place
    sentence: str | Promise
    detail: str = ""
    icon: str = ""
    meaning: str = ""
    url: str = ""
    # What somebody wrote to it.
    note: str = ""
    # Where who reads it can take it back.
    take_back_url: str = ""
    # The page that was looked at, and for how many seconds.
    page: str = ""
    seconds: int = 0
    # What stands together as this one line.
    parts: tuple["Entry", ...] = ()

    @property
    def at(self) -> datetime:
        return self.place.at


def timeline(
    lead: Lead, *, below: Place | None = None, reader: User | None = None, now: datetime | None = None
) -> tuple[list[Entry], Place | None]:
    """A page of entries that stand below that place, and the place to ask the next page with (None at the end).

    With a reader and the moment, what they can take back says where.
    """
    activities = (
        Activity.objects.filter(_below(below, moment="occurred_at", is_activity=True), lead=lead)
        .select_related("type", "page", "asset", "campaign", "channel", "logged__person")
        .annotate(note=KeyTextTransform("note", "extra__properties"))
        .order_by("-occurred_at", "-pk")[: TIMELINE_ROWS + 1]
    )
    events = (
        LeadEvent.objects.filter(_below(below, moment="at", is_activity=False), lead=lead)
        .select_related("actor")
        .order_by("-at", "-pk")[: TIMELINE_ROWS + 1]
    )
    known = of_lead(lead) if reader else {}
    entries = [
        *(_of_activity(activity, lead, reader, now) for activity in activities),
        *(_of_event(event, lead, known) for event in events),
    ]
    entries.sort(key=lambda entry: entry.place, reverse=True)
    shown = entries[:TIMELINE_ROWS]
    return shown, shown[-1].place if len(entries) > TIMELINE_ROWS else None


def folded(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the pages of one day that stand together as one line, which holds them."""
    lines: list[Entry] = []
    for day, group in groupby(entries, key=_day_of_looking):
        together = list(group)
        lines.extend([_together(together)] if day and len(together) > 1 else together)
    return lines


def _day_of_looking(entry: Entry) -> date | None:
    return timezone.localtime(entry.at).date() if entry.page and not entry.meaning else None


def _together(entries: Sequence[Entry]) -> Entry:
    names = list(dict.fromkeys(entry.page for entry in entries))
    seconds = sum(entry.seconds for entry in entries)
    parts = [", ".join(names[:PAGES_NAMED]), *([seconds_words(seconds)] if seconds else [])]
    sentence = ngettext("Looked at %(count)s page", "Looked at %(count)s pages", len(entries))
    return Entry(
        place=entries[0].place,
        sentence=sentence % {"count": number(len(entries))},
        detail=" · ".join(parts),
        icon=entries[0].icon,
        parts=tuple(entries),
    )


def _below(place: Place | None, *, moment: str, is_activity: bool) -> Q:
    """The rows of one of the two tables that stand below the place."""
    if place is None:
        return Q()
    # The first half is what the index of the lead's rows by moment is asked.
    until = Q(**{f"{moment}__lte": place.at})
    if place.is_activity == is_activity:
        return until & (Q(**{f"{moment}__lt": place.at}) | Q(pk__lt=place.pk))
    return until if place.is_activity else Q(**{f"{moment}__lt": place.at})


def touch_words(activity: Activity) -> str:
    """Downloaded content “Buying guide”. Type, page, asset and campaign are expected to be loaded."""
    return touch_sentence(activity.type.name, str(activity.asset or activity.page or activity.campaign or ""))


def touch_sentence(type_name: str, what: str) -> str:
    """What was done, by the name of its type, and with what; empty: with nothing that has a name."""
    did = _(type_name)
    words = _("%(did)s “%(what)s”") % {"did": did, "what": what} if what else did
    return words[:1].upper() + words[1:]


def is_machine(activity: Activity) -> bool:
    """Whether a program did it."""
    return activity.machine not in BY_PERSON


def _of_activity(activity: Activity, lead: Lead, reader: User | None, now: datetime | None) -> Entry:
    logged: LoggedActivity | None = getattr(activity, "logged", None)
    parts = [str(part) for part in (activity.campaign, activity.channel) if part]
    if activity.seconds:
        parts.append(seconds_words(activity.seconds))
    if logged is not None:
        parts.append(_("logged by %(who)s") % {"who": logged.person})
    if activity.machine == Machine.TAKEN_BACK:
        parts.append(_("taken back"))
    elif is_machine(activity):
        parts.append(activity.get_machine_display())
    is_takable = logged is not None and reader and now and may_take_back(logged, person=reader, now=now)
    return Entry(
        place=Place(activity.occurred_at, is_activity=True, pk=activity.pk),
        sentence=touch_words(activity),
        detail=", ".join(parts),
        icon=activity.type.icon,
        meaning=_meaning(activity),
        note=getattr(activity, "note", None) or "" if logged is not None else "",
        page=str(activity.page) if activity.page and activity.type.key == PAGE_VIEW and logged is None else "",
        seconds=activity.seconds or 0,
        take_back_url=reverse("leads:take_back", args=[lead.public_id, activity.pk]) if is_takable else "",
    )


def _meaning(activity: Activity) -> str:
    if activity.machine == Machine.TAKEN_BACK:
        return "gone"
    return "machine" if is_machine(activity) else ""


def _of_event(event: LeadEvent, lead: Lead, known: Values) -> Entry:
    """`known` is what is stored of the lead now; empty where nothing can be taken back."""
    kind = event_kind(event.kind)
    is_takable = kind is CHANGED and bool(known) and bool(undoable(event.data, known))
    who = str(event.actor) if event.actor else "" if event.agent == SYSTEM.name else event.agent
    text = "" if kind is NOTE else event.text
    parts = [_("by %(who)s") % {"who": who} if who else "", event.reason, *kind.facts(event), text]
    return Entry(
        place=Place(event.at, is_activity=False, pk=event.pk),
        sentence=kind.sentence,
        detail=" · ".join(part for part in parts if part),
        icon=kind.icon,
        meaning=kind.meaning,
        note=event.text if kind is NOTE else "",
        take_back_url=reverse("leads:undo_correction", args=[lead.public_id, event.pk]) if is_takable else "",
    )
