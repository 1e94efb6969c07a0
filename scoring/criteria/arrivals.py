"""Who would be new to sales by a version: what the page that asks whether to publish it offers to upper packages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from accounts.models import User
from leads.models import Lead
from scoring.whatif.numbers import Answer

SHOWN: Final = 10


class Arrival(NamedTuple):
    """One lead, and what it would have by the version."""

    lead: Lead
    total: int
    is_fast_track: bool


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """How many newly qualify and can go to sales, and who is first among them."""

    count: int
    # In the order of their turn, those that this person may see; empty where not everybody was counted.
    first: Sequence[Arrival]
    is_estimated: bool


# Sentences about the arrivals.
Tell = Callable[[Arrivals, datetime], list[str]]
_offered: Final[list[Tell]] = []


def offer(tell: Tell) -> None:
    """What else a publication means; said when the application starts."""
    _offered.append(tell)


def told(answer: Answer, user: User, *, now: datetime) -> list[str]:
    """What upper packages say of those whom the answer counts; nothing where it counts nobody."""
    scale, counts = answer.scale, answer.counts
    if not counts.everybody.arrives:
        return []
    first = counts.first[:SHOWN] if scale.is_exact else ()
    leads = Lead.objects.visible_to(user).select_related("last_touch").in_bulk([turn.lead_id for turn in first])
    arrivals = Arrivals(
        count=scale.of(counts.everybody.arrives),
        first=[Arrival(leads[turn.lead_id], turn.total, turn.is_fast_track) for turn in first if turn.lead_id in leads],
        is_estimated=not scale.is_exact,
    )
    return [sentence for tell in _offered for sentence in tell(arrivals, now)]
