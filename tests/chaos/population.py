"""Many leads with sales, written by a few statements: the same rows, with the same record, as the lifecycle writes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from accounts.models import User
from accounts.roles import SALES_MANAGER, SALES_REP
from handoff.models import Handoff, Rep, SlaPolicy
from handoff.news_facts import facts_of, subject_of
from leads.models import Lead, LeadEvent
from outbox.models import Delivery
from reporting.sql import differences
from scoring.engine.definition import in_force
from tests.handoff.conftest import RECEIPT

ANSWER_IN: Final = timedelta(hours=24)


def people(role: str, name: str, count: int) -> list[User]:
    """So many of one role, who cannot sign in by a password."""
    users = [
        User(email=f"{name}{number}@example.com", name=f"{name.title()} {number}", password="!", roles=[role])
        for number in range(count)
    ]
    return User.objects.bulk_create(users)


def managers(count: int) -> list[User]:
    return people(SALES_MANAGER, "manager", count)


def reps(count: int) -> list[User]:
    made = people(SALES_REP, "rep", count)
    Rep.objects.bulk_create(Rep(user=each) for each in made)
    return made


def with_sales(deadlines: Sequence[datetime], *, holders: Sequence[User], **columns: Any) -> list[Handoff]:
    """A lead that waits for sales for each deadline, the holders in turn; what is recorded agrees with it."""
    rows = [
        (number, holders[number % len(holders)], deadline, deadline - ANSWER_IN)
        for number, deadline in enumerate(deadlines)
    ]
    leads = Lead.objects.bulk_create(
        Lead(
            email=f"lead{number}@example.com",
            email_key=f"lead{number}@example.com",
            first_name=f"Lead {number}",
            stage="mql",
            status="awaiting_sales",
            owner=holder,
            first_mql_at=passed_at,
            last_mql_at=passed_at,
            mql_count=1,
            created_at=passed_at,
            recorded_at=passed_at,
        )
        for number, holder, _deadline, passed_at in rows
    )
    LeadEvent.objects.bulk_create(
        _event(lead, kind, **moves)
        for lead in leads
        for kind, moves in (
            ("lead.mql", {"to_stage": "mql", "from_status": "new", "to_status": "awaiting_review"}),
            ("handoff.passed", {"from_status": "awaiting_review", "to_status": "awaiting_sales"}),
        )
    )
    policy, criteria = SlaPolicy.objects.get(), in_force()
    handoffs = Handoff.objects.bulk_create(
        Handoff(
            lead=lead,
            criteria=criteria,
            policy=columns.get("policy", policy),
            state="waiting",
            assignee=holder,
            is_shared=columns.get("is_shared", False),
            receipt=RECEIPT,
            opened_at=passed_at,
            pass_by=passed_at,
            passed_at=passed_at,
            half_at=passed_at + ANSWER_IN / 2,
            nearly_at=passed_at + ANSWER_IN * 0.9,
            next_warning_at=passed_at + ANSWER_IN / 2,
            respond_by=deadline,
        )
        for lead, (_number, holder, deadline, passed_at) in zip(leads, rows, strict=True)
    )
    assert differences() == []
    return handoffs


def breached_long_ago(count: int, *, holder: User, now: datetime) -> list[Handoff]:
    """Handoffs to tell something about."""
    handoffs = with_sales([now - timedelta(days=2)] * count, holders=[holder])
    for handoff in handoffs:
        handoff.state, handoff.next_warning_at = "breached", None
        handoff.breached_at = handoff.closed_at = handoff.respond_by
        handoff.detected_at = now
    Handoff.objects.bulk_update(
        handoffs, ["state", "next_warning_at", "breached_at", "closed_at", "detected_at"], batch_size=500
    )
    return handoffs


def owed(handoffs: Sequence[Handoff], *, to: Sequence[dict[str, Any]], now: datetime) -> int:
    """One message about each handoff to each of these people or channels; answers how many."""
    rows = [
        Delivery(
            kind="handoff.breached",
            subject=subject_of(handoff).key,
            path=subject_of(handoff).path,
            facts=facts,
            dedupe_key=f"handoff.breached:{handoff.pk}:{place}",
            created_at=now,
            next_try_at=now,
            **target,
        )
        for handoff, facts in [(handoff, facts_of(handoff)) for handoff in handoffs]
        for place, target in enumerate(to)
    ]
    Delivery.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _event(lead: Lead, kind: str, **moves: str) -> LeadEvent:
    at = lead.last_mql_at
    assert at is not None
    return LeadEvent(lead=lead, kind=kind, at=at, recorded_at=at, agent="system", **moves)
