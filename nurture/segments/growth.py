"""How segments grow: who entered and who left in so many days, other conditions aside."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, Q

from accounts.models import User
from leads.models import Lead
from nurture.models import MembershipChange, Segment

LATELY: Final = timedelta(days=30)
NEWEST_SHOWN: Final = 20


class Growth(NamedTuple):
    """In the last 30 days."""

    entered: int = 0
    left: int = 0


def growth(segment_ids: Collection[int], *, now: datetime) -> dict[int, Growth]:
    """Of each of these segments to which anything happened."""
    lately = MembershipChange.objects.filter(segment__in=segment_ids, at__gt=now - LATELY, by_build=False)
    counts = (
        lately.order_by()
        .values("segment_id")
        .annotate(entries=Count("pk", filter=Q(is_entry=True)), leavings=Count("pk", filter=Q(is_entry=False)))
    )
    return {row["segment_id"]: Growth(row["entries"], row["leavings"]) for row in counts}


def newest_changes(segment: Segment, user: User) -> list[MembershipChange]:
    """Who entered and left last, of the leads this person sees."""
    changes = MembershipChange.objects.filter(segment=segment, by_build=False)
    visible = Lead.objects.visible_to(user).order_by().values("pk")
    return list(changes.filter(lead__in=visible).select_related("lead")[:NEWEST_SHOWN])
