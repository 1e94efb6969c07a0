"""The demonstration on the home page: what an administrator may do about it, or how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from config.demo import background, loading, progress
from config.demo.counted import Results, in_words
from config.models import Demonstration
from leads.models import Lead

# So long the page says what became of one that was removed.
TOLD_FOR: Final = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the page shows: state is empty, loading, here, removing or removed."""

    state: str
    row: Demonstration | None = None
    # Of what is being done: per cent of loading, leads of removing.
    value: int = 0
    total: int = 0
    done: Sequence[tuple[str, int]] = field(default_factory=tuple)
    stays: Sequence[tuple[str, int]] = field(default_factory=tuple)

    @property
    def is_under_way(self) -> bool:
        return self.state in ("loading", "removing")


def card(*, now: datetime) -> Card | None:
    """None where there is nothing to say: leads of one's own are here, and no demonstration."""
    row = background.current()
    if row and row.is_loading:
        return Card(state="loading", row=row, value=progress.percent() or 0, total=progress.LOADED)
    if row and row.is_removing:
        return Card(state="removing", row=row, value=background.looked_at(row), total=row.total)
    if (row and row.is_here) or loading.is_told():
        return Card(state="here", row=row if row and row.is_here else None)
    if row and row.removal_asked_at and row.ended_at and now - row.ended_at < TOLD_FOR:
        words = in_words(Results(row.results))
        return Card(state="removed", row=row, done=words["done"], stays=words["stays"])
    return None if Lead.objects.exists() else Card(state="empty", row=row)
