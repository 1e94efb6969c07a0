"""Compares what is stored with the model, and with what was stored before."""

from collections import Counter
from typing import Any, Final

from handoff.models import Handoff
from leads.models import Lead, LeadEvent
from reporting.sql import differences
from tests.handoff.lifecycle_model import STATUS, Baton, Person

CLOSING: Final = ("qualified", "rejected", "disqualified", "recycled", "breached", "withdrawn")
MILESTONES: Final = ("first_mql_at", "sal_at", "sql_at", "opportunity_at", "customer_at")
RISING: Final = ("mql_count", "recycle_count")


class Agreement:
    """Of one life; remembers milestones and receipts, which do not change."""

    def __init__(self) -> None:
        self.milestones: dict[int, dict[str, Any]] = {}
        self.receipts: dict[int, Any] = {}

    def check(self, people: list[Person]) -> None:
        """Raises AssertionError for the first difference."""
        rows = {row.pk: row for row in Handoff.objects.all()}
        leads = Lead.objects.in_bulk([person.pk for person in people])
        for person in people:
            self._lead(leads[person.pk], person)
            for baton in person.batons:
                self._handoff(rows.pop(baton.pk), baton)
        assert not rows, "A handoff that nobody opened."
        assert differences() == []

    def _lead(self, lead: Lead, person: Person) -> None:
        """One open handoff at most, which agrees with the lead; one event for each that ended; nothing moves back."""
        assert (lead.stage, lead.status) == (person.stage, person.status)
        assert (lead.mql_count, lead.recycle_count) == (person.mql_count, person.recycle_count)
        still_open = [baton for baton in person.batons if baton.state in STATUS]
        assert len(still_open) <= 1
        assert all(lead.status == STATUS[baton.state] for baton in still_open)
        kinds = [f"handoff.{state}" for state in CLOSING]
        ends = LeadEvent.objects.filter(lead=lead, kind__in=kinds).values_list("kind", flat=True)
        assert Counter(ends) == Counter(f"handoff.{baton.state}" for baton in person.batons if baton.state in CLOSING)
        before = self.milestones.get(lead.pk, {})
        assert all(getattr(lead, name) == at for name, at in before.items() if name in MILESTONES and at)
        assert all(getattr(lead, name) >= count for name, count in before.items() if name in RISING)
        self.milestones[lead.pk] = {name: getattr(lead, name) for name in (*MILESTONES, *RISING)}

    def _handoff(self, row: Handoff, baton: Baton) -> None:
        assert (row.state, row.assignee_id, row.hops) == (baton.state, baton.holder, baton.hops)
        assert row.hops <= 3
        assert row.respond_by == baton.respond_by
        assert (row.first_contact_at is not None) == baton.is_contacted
        assert (row.closed_at is not None) == (row.state in CLOSING)
        assert row.breached_at == (row.respond_by if row.state == "breached" else None)
        assert row.receipt == self.receipts.setdefault(row.pk, row.receipt)
