"""What an import said became of leads is taken back: deals, where the lead stands, and what was recorded of it.

A lead that sales had in hand stays where the outcome put it: its handoff has ended, and a closed one stays closed. So
does one that went on since. Callers hold the lead.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from leads import deals, lifecycle
from leads.events import Agent, take_back
from leads.models import Deal, Lead, LeadEvent
from leads.stored_rows import Row, delete_rows, row_of, rows_of, table_of, write_row
from leads.undoing.changes import RowChange
from leads.undoing.event_kinds import OUTCOME_UNDONE
from leads.undoing.results import Became, Results

DEALS: Final = table_of(Deal)
EVENTS: Final = table_of(LeadEvent)
LEADS: Final = table_of(Lead)
# The columns of a lead that an outcome moves.
COLUMNS: Final = frozenset({*lifecycle.STANDING, "opportunity_at", "customer_at", "amount"})


def is_outcome(change: RowChange) -> bool:
    """Whether a change of a row is about what became of a lead."""
    if change.source == LEADS:
        return not COLUMNS.isdisjoint(change.before or {})
    return change.source in (DEALS, EVENTS)


def take_outcomes_back(
    changes: Mapping[int, Sequence[RowChange]], leads: Mapping[int, Lead], *, agent: Agent, now: datetime
) -> Results:
    """Takes back what was said of each lead, by id, the latest first, where that is possible."""
    results: Results = Results()
    for lead_id, of_lead in sorted(changes.items()):
        lead = leads.get(lead_id)
        if lead is None or lead.erased_at is not None:
            results[Became.STAYS_GONE] += 1
        elif _may_go_back(lead, of_lead):
            _go_back(lead, of_lead, agent=agent, now=now)
            results[Became.OUTCOMES] += 1
        else:
            results[Became.STAYS_OUTCOME] += 1
    return results


def _may_go_back(lead: Lead, changes: Sequence[RowChange]) -> bool:
    moves = [_move(change) for change in changes if change.source == LEADS]
    statuses = [move["status"] for move in moves if "status" in move]
    if statuses and statuses[-1] in lifecycle.IN_HAND:  # where it would go back to
        return False
    if not _is_as_left(row_of(Lead, lead.pk), [change for change in changes if change.source == LEADS], COLUMNS):
        return False
    of_deals = [change for change in changes if change.source == DEALS]
    stored = rows_of(Deal, {change.key for change in of_deals})
    for key in {change.key for change in of_deals}:
        if key not in stored or not _is_as_left(stored[key], [each for each in of_deals if each.key == key]):
            return False
    made = [change.key for change in of_deals if change.before is None]
    return not (statuses and Deal.objects.filter(lead=lead, is_won=True).exclude(pk__in=made).exists())


def _move(change: RowChange) -> Row:
    return {name: value for name, value in (change.before or {}).items() if name in COLUMNS}


def _is_as_left(now_is: Row, changes: Iterable[RowChange], columns: Iterable[str] | None = None) -> bool:
    """Whether the row is as the latest of these changes, which come first, left it."""
    left: dict[str, object] = {}
    for change in changes:
        left = dict(change.after or {}) | left
    names = left.keys() if columns is None else left.keys() & set(columns)
    return all(now_is.get(name) == left[name] for name in names)


def _go_back(lead: Lead, changes: Sequence[RowChange], *, agent: Agent, now: datetime) -> None:
    standing: dict[str, object] = {}
    for change in changes:
        if change.source == LEADS:
            standing |= _move(change)
        elif change.source == DEALS and change.before is not None:
            write_row(Deal, change.key, dict(change.before))
    delete_rows(Deal, {change.key for change in changes if change.source == DEALS and change.before is None})
    take_back({change.key for change in changes if change.source == EVENTS}, becomes=OUTCOME_UNDONE)
    if standing:
        lifecycle.stand_as_before(lead, standing)
    deals.add_up(lead, agent=agent, now=now)
