"""Several pieces of news told in one message: how many of which kind, and the first of them with their links."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.text import capfirst

from lib.text import header_text
from outbox import news
from outbox.models import Delivery, News

MOST_LISTED: Final = 50


@dataclass(frozen=True, kw_only=True)
class Digest:
    """`counts` are of all, `lines` the first of them, most pressing kinds first; `left_out` are told in Baton only."""

    total: int
    counts: list[tuple[str, int]]
    lines: list[tuple[str, str]]
    left_out: int


def digest_of(delivery: Delivery, *, most: int = MOST_LISTED) -> Digest:
    """What a digest tells its recipient, in the time zone in force; nothing of a handoff they may not see any more."""
    rows = delivery.gathered.all()
    found = dict(rows.values_list("kind").annotate(count=Count("pk")).order_by())
    kinds = [kind for kind in News if kind in found]
    places = {kind.value: place for place, kind in enumerate(kinds)}
    ranked = sorted(rows.values_list("kind", "created_at", "pk"), key=lambda row: (places[row[0]], row[1], row[2]))
    first = [pk for _kind, _at, pk in ranked[:most]]
    shown = rows.select_related(*news.LOADED).in_bulk(first)
    told = [shown[pk] for pk in first]
    recipient = delivery.recipient
    readable = news.visible(told, recipient) if recipient else {row.handoff_id for row in told}
    lines = [
        (news.sentence(row), news.address_of(row))
        for row in told
        if row.handoff_id is None or row.handoff_id in readable
    ]
    return Digest(
        total=sum(found.values()),
        counts=[(capfirst(header_text(str(kind.label))), found[kind]) for kind in kinds],
        lines=lines,
        left_out=sum(found.values()) - len(lines),
    )
