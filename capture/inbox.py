"""What streams in is stored as it came and acknowledged at once; a worker takes it a moment later, in batches.

A row is one request; its kind says which stream reads it (capture/streams.py). It is deleted in the transaction that
takes its events, so a worker that is killed loses nothing and takes nothing twice. A batch that did not come to its end
is taken row by row, and event by event, so that the one that is to blame is found and kept in quarantine; the rest does
not wait for it.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from time import monotonic
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Min
from django.utils.translation import gettext as _

from capture import streams
from capture.api.batch import MOST_EVENTS
from capture.events import EVENTS
from capture.models import InboxItem
from capture.quarantine import keep
from capture.streams import Event, Stream
from leads.events import Agent
from leads.normalise import Refusal
from lib.arrays import array_literal
from lib.database.away import is_blameless
from lib.hints import send_hint
from lib.leases import free
from lib.text import storable

logger = logging.getLogger(__name__)

# The ORM takes four times as long to say the same; nothing else stands between a sender and the acknowledgement.
INSERT: Final = (
    "INSERT INTO capture_inboxitem (received_at, source, agent, system, kind, events, raw)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
# They are gone once what was done with them is committed. It waits: whoever lost the race to claim them holds them for
# a moment still, and is not going to take them.
_TAKE: Final = """
DELETE FROM capture_inboxitem WHERE id = ANY(%s::bigint[])
RETURNING id, received_at, source, agent, system, kind, attempts, raw
"""
# A row whose worker did not live to its end so often is not tried again.
ATTEMPTS: Final = 4
# Longer than it takes to lock what was claimed; from then on the lock keeps others away.
LEASE: Final = timedelta(seconds=5)


class Waiting(NamedTuple):
    """What is acknowledged and not taken yet."""

    requests: int
    oldest_at: datetime | None


class _Row(NamedTuple):
    """A row that is being taken; to make an instance of the model takes longer than to read its JSON."""

    id: int
    received_at: datetime
    source: str
    agent: str
    system: str
    kind: str
    attempts: int
    raw: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose events are taken, and how."""

    stream: Stream
    source: str
    system: str
    agent: Agent

    def take(self, events: Sequence[Event], *, now: datetime) -> None:
        """What can be used goes through the door, the rest into quarantine."""
        take = self.stream.take
        self.keep(events, take(events, agent=self.agent, source=self.source, system=self.system, now=now))

    def keep(self, events: Sequence[Event], results: Sequence[object]) -> None:
        """Keeps the events of which the result says why they were refused."""
        without_sender = self.stream.without_sender
        refused = [
            (without_sender(event), came_at, one)
            for (event, came_at), one in zip(events, results, strict=True)
            if isinstance(one, Refusal)
        ]
        keep(refused, kind=self.stream.key, source=self.source, system=self.system)


def append(events: Sequence[object], *, source: str, system: str, agent: Agent, now: datetime) -> None:
    """Stores the events of one request of the API. Once this is committed they are never lost."""
    raw = json.dumps(events)
    append_raw(raw, kind=EVENTS.key, events=len(events), source=source, system=system, agent=agent, now=now)


def append_raw(raw: str, *, kind: str, events: int, source: str, system: str, agent: Agent, now: datetime) -> None:
    """Stores what one request brought, with one insert: JSON from which the stream of that kind unfolds so many events.

    It holds no NUL and no lone surrogate but as an escape of JSON.
    """
    with connection.cursor() as cursor:
        row = (now, storable(source)[:110], storable(str(agent))[:100], system, kind, events, raw)
        cursor.execute(INSERT, row)
    transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tells the worker that something waits; a hint that is lost costs one sweep."""
    send_hint("capture.tasks.drain_inbox")


def waiting() -> Waiting:
    """How many requests wait, and since when the oldest."""
    counted = InboxItem.objects.aggregate(items=Count("pk"), oldest_at=Min("received_at"))
    return Waiting(counted["items"], counted["oldest_at"])


def drain(*, clock: Callable[[], datetime], until: float) -> int:
    """Takes what waits, in the order of its arrival, until nothing is left or `monotonic()` says `until`.

    Returns how many rows were taken. Twice at once is harmless: each takes what the other has not claimed.
    """
    rows, failed = 0, set[int]()
    while monotonic() < until:
        ids = _claim(failed, now=clock())
        if not ids:
            break
        try:
            rows += _take(ids, now=clock())
        except Exception as error:
            if is_blameless(error):
                raise
            # Its words may repeat what was sent.
            logger.error("Rows %s to %s of the inbox: %s.", ids[0], ids[-1], type(error).__name__)  # noqa: TRY400
            InboxItem.objects.filter(pk__among=ids).update(lease_until=None)
            if len(ids) == 1:
                failed.update(ids)
    return rows


@transaction.atomic
def _claim(failed: Collection[int], *, now: datetime) -> list[int]:
    """The oldest rows nobody holds, up to MOST_EVENTS events, marked as begun before anything is done with them."""
    waits = InboxItem.objects.filter(free(now)).exclude(pk__in=failed).order_by("pk")
    waits = waits.select_for_update(skip_locked=True)
    ids = list(_together(waits.values_list("pk", "attempts", "events")[:MOST_EVENTS]))
    InboxItem.objects.filter(pk__among=ids).update(attempts=F("attempts") + 1, lease_until=now + LEASE)
    return ids


def _together(rows: Collection[tuple[int, int, int]]) -> Iterator[int]:
    """What makes one batch; a row with which somebody began before is a batch of its own."""
    events = 0
    for place, (pk, attempts, count) in enumerate(rows):
        events += count
        if place and (attempts or events > MOST_EVENTS):
            return
        yield pk
        if attempts:
            return


@transaction.atomic
def _take(ids: Collection[int], *, now: datetime) -> int:
    """Takes these rows and deletes them, as far as nobody else has done so meanwhile. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [array_literal(ids)])
        rows = [_Row(*values) for values in sorted(cursor.fetchall())]
    for (kind, source, system, agent), group in groupby(rows, key=attrgetter("kind", "source", "system", "agent")):
        sender = Sender(stream=streams.of(kind), source=source, system=system, agent=Agent(name=agent))
        _take_of(list(group), sender, now=now)
    return len(rows)


def _take_of(rows: Sequence[_Row], sender: Sender, *, now: datetime) -> None:
    events: list[Event] = [
        (event, row.received_at) for row in rows for event in sender.stream.unfold(json.loads(row.raw))
    ]
    if rows[0].attempts == 1:
        sender.take(events, now=now)
    elif rows[0].attempts <= ATTEMPTS:
        for event in events:
            _take_alone(event, sender, now=now)
    else:
        given_up = Refusal("given_up", "event", _("Taking this was begun several times and never came to its end."))
        sender.keep(events, [given_up] * len(events))


def _take_alone(event: Event, sender: Sender, *, now: datetime) -> None:
    """Takes one event; one that fails in a way nobody foresaw is kept aside as well."""
    try:
        with transaction.atomic():
            sender.take([event], now=now)
    except Exception as error:
        if is_blameless(error):
            raise
        logger.error("An event of the inbox: %s.", type(error).__name__)  # noqa: TRY400
        failed = Refusal("failed", "event", _("Baton failed with this event. Send it again after an update."))
        sender.keep([event], [failed])
