"""What the library holds: content that is not archived."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from leads.models import Asset
from leads.signals import catalogue_changed

# A change of these is news: what leads did means something else now.
_MEANING = frozenset({"kind"})


def library() -> QuerySet[Asset]:
    """By name, with who answers for each."""
    return Asset.objects.filter(archived_at=None).select_related("owner").order_by("name", "pk")


def changed(asset: Asset, *, fields: Collection[str], now: datetime) -> None:
    """Tells of a stored change, where scores can depend on it."""
    if _MEANING.intersection(fields):
        catalogue_changed.send(sender=type(asset), now=now)


def archive(asset: Asset, *, now: datetime) -> None:
    """Out of the library and the resource centre; rules and reports go on knowing it."""
    Asset.objects.filter(pk=asset.pk, archived_at=None).update(archived_at=now)
