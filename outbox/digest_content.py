"""Several pieces of news told in one message: how many of which kind, and the first of them with their links."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.text import capfirst

from lib.text import header_text
from outbox import wording
from outbox.kinds import all_kinds
from outbox.models import Delivery

MOST_LISTED: Final = 50


@dataclass(frozen=True, kw_only=True)
class Digest:
    """`counts` are of all, `lines` the first of them, most pressing kinds first; `left_out` are told in Baton only."""

    total: int
    counts: list[tuple[str, int]]
    lines: list[tuple[str, str]]
    left_out: int


def digest_of(delivery: Delivery, *, most: int = MOST_LISTED) -> Digest:
    """What a digest tells its recipient, in the time zone in force; nothing of what they may not see any more."""
    rows = delivery.gathered.all()
    counts = dict(rows.values_list("kind").annotate(count=Count("pk")).order_by())
    kinds = [kind for kind in all_kinds() if kind.key in counts]
    places = {kind.key: place for place, kind in enumerate(kinds)}
    ranked = sorted(rows.values_list("kind", "created_at", "pk"), key=lambda row: (places[row[0]], row[1], row[2]))
    first = [pk for _kind, _at, pk in ranked[:most]]
    shown = rows.in_bulk(first)
    facts = wording.facts_now(shown.values(), delivery.recipient)
    lines = [(wording.sentence(shown[pk], facts[pk]), wording.address_of(shown[pk])) for pk in first if pk in facts]
    return Digest(
        total=sum(counts.values()),
        counts=[(capfirst(header_text(str(kind.label))), counts[kind.key]) for kind in kinds],
        lines=lines,
        left_out=sum(counts.values()) - len(lines),
    )
