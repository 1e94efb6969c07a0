"""Lists: people put leads on them and take them off, one or many at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from leads.events import Agent
from leads.models import Lead
from nurture.models import ListEntry, Segment
from nurture.segments.upkeep import look, request_looks


class ListGone(Exception):
    """The list was deleted meanwhile."""


@transaction.atomic
def add_to_list(list_id: int, lead_ids: Sequence[int], *, actor: User, now: datetime) -> int:
    """Puts the leads on the list. Returns how many were not on it before; raises ListGone.

    Who was erased is not put on any. Segments that ask for the list follow.
    """
    segment = _held_list(list_id, lead_ids, now=now)
    there = Lead.objects.filter(pk__among=list(lead_ids), erased_at=None).order_by("pk").values_list("pk", flat=True)
    rows = [ListEntry(segment=segment, lead_id=lead_id, added_by=actor, added_at=now) for lead_id in there]
    ListEntry.objects.bulk_create(rows, ignore_conflicts=True)
    return look(segment, sorted(set(lead_ids)), agent=Agent(user=actor), now=now)


@transaction.atomic
def take_off_list(list_id: int, lead_ids: Sequence[int], *, actor: User, now: datetime) -> int:
    """Takes the leads off the list. Returns how many were on it; raises ListGone."""
    segment = _held_list(list_id, lead_ids, now=now)
    ListEntry.objects.filter(segment=segment, lead__among=list(lead_ids)).delete()
    return look(segment, sorted(set(lead_ids)), agent=Agent(user=actor), now=now)


def _held_list(list_id: int, lead_ids: Sequence[int], *, now: datetime) -> Segment:
    """The list, held. Looks are asked for first: whoever looks takes both in this order."""
    request_looks(lead_ids, now=now)
    segment = Segment.objects.select_for_update(no_key=True).filter(pk=list_id, is_list=True).first()
    if segment is None:
        raise ListGone
    return segment
