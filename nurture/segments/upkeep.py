"""Who is in a segment follows what leads do, within seconds: what is owed, a worker that looks, and time that passes.

Whoever looks, builds or changes a segment holds its row, so each lead is seen by one after the other; looks are asked
for before that. The looks go in the transaction that answers them: a worker that dies leaves them as they were.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from leads.events import SYSTEM, Agent, Entry, record
from leads.listing.turning import turned
from leads.models import Lead
from leads.querysets import LeadQuerySet
from lib.hints import send_hint
from nurture.event_kinds import ENTERED, LEFT
from nurture.models import ListEntry, Segment
from nurture.segments import sql
from nurture.segments.conditions import Unreadable, matching, problem, stated_conditions
from nurture.sequences.entering import request_by_segment

BATCH: Final = 1_000


def request_looks(lead_ids: Collection[int], *, now: datetime) -> None:
    """These leads changed: they are looked at in every segment, after the commit."""
    if lead_ids:
        sql.request(sorted(lead_ids), now=now)
        transaction.on_commit(hint, robust=True)


@transaction.atomic
def drain(*, now: datetime, limit: int = BATCH) -> int:
    """Looks at the leads that have waited longest. Returns how many there were."""
    lead_ids = sql.take(limit=limit)
    if lead_ids:
        for segment in Segment.objects.order_by("pk").select_for_update(no_key=True):
            look(segment, lead_ids, agent=SYSTEM, now=now)
    return len(lead_ids)


def look(segment: Segment, lead_ids: Sequence[int], *, agent: Agent, now: datetime) -> int:
    """Looks at some leads in one segment, whose row the caller holds. Returns how many entered or left.

    Conditions that cannot be read move nobody until somebody changes them.
    """
    some = Lead.objects.filter(pk__among=list(lead_ids))
    moves: list[sql.Move] = []
    if segment.built_at is not None:
        try:
            moves = sql.settle(segment.pk, _members(segment, some), lead_ids, now=now)
        except Unreadable:
            moves = []
    if segment.next_query is not None:
        _look_ahead(segment, segment.next_query, some, lead_ids)
    _record(segment, moves, agent=agent, now=now)
    return len(moves)


def sweep_all(*, now: datetime) -> None:
    """Asks for a look at the leads that time alone can have moved since the last time; the others stay as they are."""
    for segment in Segment.objects.filter(is_list=False, swept_to__lt=now).order_by("pk"):
        _sweep(segment, now=now)
    hint()


@transaction.atomic
def _sweep(segment: Segment, *, now: datetime) -> None:
    """The looks are asked for before the segment is held: whoever looks takes both in this order."""
    for query in filter(None, (segment.query, segment.next_query)):
        if not problem(query):
            for leads in turned(stated_conditions(query), since=segment.swept_to, until=now):
                sql.request_turned(leads, now=now)
    Segment.objects.filter(pk=segment.pk, swept_to=segment.swept_to).update(swept_to=now)


def hint() -> None:
    """Tells a worker that there is something to look at; a hint that is lost costs one sweep."""
    send_hint("nurture.tasks.keep_segments")


def _members(segment: Segment, leads: LeadQuerySet) -> LeadQuerySet:
    """Those of the leads that are in it by its conditions, or because somebody put them there."""
    if not segment.is_list:
        return matching(segment.query, leads)
    entries = ListEntry.objects.filter(segment=segment, lead=OuterRef("pk"))
    return leads.filter(Exists(entries), erased_at=None)


def _look_ahead(segment: Segment, query: str, some: LeadQuerySet, lead_ids: Sequence[int]) -> None:
    """What is built has passed these leads already; those it has not come to yet it sees as they are then."""
    passed = [lead_id for lead_id in lead_ids if lead_id <= segment.built_to]
    if not passed:
        return
    try:
        sql.stage(segment.pk, matching(query, some.filter(pk__lte=segment.built_to)), again=passed)
    except Unreadable:
        return  # whoever builds sees it too, and stops


def _record(segment: Segment, moves: Sequence[sql.Move], *, agent: Agent, now: datetime) -> None:
    data = {"segment": str(segment.public_id), "name": segment.name, "is_list": segment.is_list}
    kinds = {True: ENTERED, False: LEFT}
    entries = [Entry(lead_id=move.lead_id, kind=kinds[move.is_entry], at=now, data=data) for move in moves]
    record(entries, agent=agent, now=now)
    request_by_segment(segment, [move.lead_id for move in moves if move.is_entry], now=now)
