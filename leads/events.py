"""The record of what became of leads: its kinds, which packages register, and the one function that appends to it."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from django.utils.functional import Promise

from accounts.models import User
from leads.models import LeadEvent, Stage, Status
from leads.turns import Turn
from leads.writing import insert

_COLUMNS: Final = (
    "lead_id", "kind", "at", "recorded_at", "actor_id", "agent", "from_stage", "to_stage", "from_status", "to_status",
    "reason", "text", "data",
)  # fmt: skip


_MOVES: Final = ("from_stage", "to_stage", "from_status", "to_status")


def _no_facts(event: LeadEvent) -> Iterable[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """One kind of event, declared once by the package whose doing it is, and registered when the application starts."""

    # "lead.created": what is stored with each event, so it never changes.
    key: str
    label: str | Promise
    # What the timeline says.
    sentence: str | Promise
    # A file of static/icons, and how its mark is coloured (templates/_timeline.html).
    icon: str = "dot"
    meaning: str = "accent"
    # What the sentence leaves open: an event's data in words, in the order in which they are read.
    facts: Callable[[LeadEvent], Iterable[str]] = _no_facts
    # The names in an event's data that other systems may be told; the rest stays in the house.
    public: tuple[str, ...] = ()
    # The names in an event's data that hold words about the person: an erasure empties them.
    personal: tuple[str, ...] = ()
    # Follows from the rest: nobody did anything, so it is no reason to think that somebody knows the lead.
    is_computed: bool = False

    def public_data(self, event: LeadEvent) -> dict[str, object]:
        """The part of an event's data that may leave the house."""
        return {name: event.data[name] for name in self.public if name in event.data}


@dataclass(frozen=True, kw_only=True)
class Transition(EventKind):
    """A kind of event that moves the lead: from where, and to where. leads/lifecycle.py carries it out."""

    # The statuses it may start from; none: from every one.
    starts: tuple[Status, ...] = ()
    # None: as it was.
    stage: Stage | None = None
    status: Status | None = None


class UnknownEventKind(LookupError):
    """The kind was never registered."""


class KnownEventKind(ValueError):
    """A kind of this key is registered already."""


_kinds: Final[dict[str, EventKind]] = {}
K = TypeVar("K", bound=EventKind)


def register(kind: K) -> K:
    """The kind, of which events can be written from now on; raises KnownEventKind when there is one of that key."""
    if kind.key in _kinds:
        raise KnownEventKind(kind.key)
    _kinds[kind.key] = kind
    return kind


def event_kinds() -> list[EventKind]:
    """All registered kinds, in the order of their registration."""
    return list(_kinds.values())


def event_kind(key: str) -> EventKind:
    """The kind of that key; raises UnknownEventKind."""
    try:
        return _kinds[key]
    except KeyError as error:
        raise UnknownEventKind(key) from error


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: a person, or a named program ("system", "import", "API key Website")."""

    user: User | None = None
    name: str = ""
    # When leads that come to qualify by it go to sales.
    turn: Turn = Turn.NOW

    def __str__(self) -> str:
        return str(self.user) if self.user else self.name


SYSTEM: Final = Agent(name="system")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be written; stages and statuses are empty when they did not move."""

    lead_id: int
    kind: EventKind
    at: datetime
    from_stage: str = ""
    to_stage: str = ""
    from_status: str = ""
    to_status: str = ""
    reason: str = ""
    text: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


def empty_words(lead_id: int) -> int:
    """Takes the words about the person out of the events of a lead, for leads/privacy/erasing.py. Returns how many
    events it has: each stays, with its moment and its move."""
    rows = list(LeadEvent.objects.filter(lead_id=lead_id))
    personal = {kind.key: kind.personal for kind in event_kinds()}
    for event in rows:
        event.text = ""
        event.data = event.data | {name: "" for name in personal.get(event.kind, ()) if name in event.data}
    LeadEvent.objects.bulk_update(rows, ["text", "data"], batch_size=500)
    return len(rows)


def take_back(keys: Collection[int], *, becomes: EventKind) -> int:
    """Each of these events becomes the record that it was taken back, and counts no more. Returns how many.

    Only what an import recorded, and within `leave(undoing="on")`: a trigger sees to both.
    """
    rows = list(LeadEvent.objects.filter(pk__in=keys))
    for event in rows:
        data = {name: getattr(event, name) for name in ("kind", *_MOVES)} | {"data": event.data}
        event.kind, event.data = becomes.key, data
        for name in _MOVES:
            setattr(event, name, "")
    LeadEvent.objects.bulk_update(rows, ["kind", "data", *_MOVES], batch_size=500)
    return len(rows)


def record(entries: Iterable[Entry], *, agent: Agent, now: datetime) -> None:
    """Writes the events in one statement; raises UnknownEventKind before anything is written."""
    rows = []
    for entry in entries:
        if event_kind(entry.kind.key) is not entry.kind:
            raise UnknownEventKind(entry.kind.key)
        rows.append(
            (
                entry.lead_id,
                entry.kind.key,
                entry.at,
                now,
                agent.user and agent.user.pk,
                agent.name,
                entry.from_stage,
                entry.to_stage,
                entry.from_status,
                entry.to_status,
                entry.reason,
                entry.text,
                json.dumps(entry.data),
            )
        )
    if rows:
        insert(LeadEvent, _COLUMNS, rows)
