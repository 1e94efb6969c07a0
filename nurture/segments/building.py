"""New conditions are built: all leads are looked at by them, chunk after chunk, and who is in it changes at the end.

A chunk is a transaction that also says how far it is, so whoever goes on after a worker that died begins at the next.
What leads do meanwhile is looked at by both, the conditions in force and those that are built (upkeep.py).
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Max, Q

from leads.models import Lead
from lib.hints import send_hint
from nurture.models import NewMember, Segment
from nurture.segments import sql
from nurture.segments.conditions import Unreadable, matching

CHUNK: Final = 20_000


def ask_for_build(segment: Segment, query: str, *, now: datetime) -> None:
    """These conditions are built from the beginning; the caller holds the segment."""
    NewMember.objects.filter(segment=segment).delete()
    segment.next_query, segment.built_to, segment.build_asked_at = query, 0, now
    segment.save(update_fields=["next_query", "built_to", "build_asked_at"])
    transaction.on_commit(hint, robust=True)


@transaction.atomic
def ask_for_all(*, now: datetime) -> None:
    """What pages and the like mean has changed: every segment is built again."""
    for segment in Segment.objects.filter(is_list=False).order_by("pk").select_for_update(no_key=True):
        ask_for_build(segment, segment.next_query or segment.query, now=now)


@transaction.atomic
def build_chunk(*, now: datetime, size: int = CHUNK) -> bool:
    """Looks at the next leads by the conditions that are built first. Returns whether there was something to build.

    Conditions that cannot be read are not built: nobody enters or leaves by them.
    """
    owed = Segment.objects.filter(next_query__isnull=False).order_by("build_asked_at", "pk")
    segment = owed.select_for_update(no_key=True).first()
    if segment is None or segment.next_query is None:
        return False
    next_leads = Lead.objects.filter(pk__gt=segment.built_to).order_by("pk")
    last: int | None = next_leads.values_list("pk", flat=True)[size - 1 : size].first()
    part = next_leads if last is None else next_leads.filter(pk__lte=last)
    try:
        sql.stage(segment.pk, matching(segment.next_query, part))
    except Unreadable:
        _end(segment, now=now)
        return True
    if last is None:
        sql.enforce(segment.pk, now=now)
        _end(segment, now=now)
    else:
        segment.built_to = last
        segment.save(update_fields=["built_to"])
    return True


def share_built(segment: Segment) -> int:
    """How many of a hundred of the leads were looked at by the conditions that are built."""
    newest = Lead.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return min(99, 100 * segment.built_to // newest) if newest else 0


def hint() -> None:
    """Tells a worker that there is something to build; a hint that is lost costs one sweep."""
    send_hint("nurture.tasks.keep_segments")


def _end(segment: Segment, *, now: datetime) -> None:
    """The conditions are in force."""
    NewMember.objects.filter(segment=segment).delete()
    owed = Segment.objects.filter(Q(pk=segment.pk), next_query__isnull=False)
    owed.update(query=F("next_query"), next_query=None, built_to=0, built_at=now)
