"""Criteria that were in force in days long gone, and what happened under them."""

from datetime import datetime

from django.db import connection

from accounts.models import User
from leads.events import SYSTEM, Entry, event_kind, record
from leads.models import Lead
from scoring.models import Criteria
from tests.reporting.histories import day
from tests.scoring.shipped import in_force, make_published

SHIPPED, SECOND, THIRD = "2025-01-01", "2025-06-01", "2025-12-01"


def in_force_since(moment: datetime) -> Criteria:
    """What is in force has been so since then; a test may say so, nobody else."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE scoring_criteria SET published_at = %s WHERE state = 'published'", [moment])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return in_force()


def three_versions(marketer: User, manager: User) -> Criteria:
    """The shipped one, a second and a third, which is in force."""
    in_force_since(day(SHIPPED))
    make_published(marketer, manager, day(SECOND), threshold=25)
    return make_published(marketer, manager, day(THIRD), threshold=20)


def happened(subject: Lead, *told: tuple[str, str, str]) -> Lead:
    """(kind or stage, day, reason) as they are recorded: "mql", "sal", "sql" and "customer" are stages;
    "customer_since" is what became known later of when it became one.
    """
    stages = {
        "mql": "lead.mql", "sal": "handoff.accepted", "sql": "handoff.qualified", "customer": "lead.customer",
        "customer_since": "lead.customer_since",
    }  # fmt: skip
    entries = [
        Entry(
            lead_id=subject.pk,
            kind=event_kind(stages.get(what, what)),
            at=day(on),
            to_stage=what.removesuffix("_since") if what in stages else "",
            reason=reason,
        )
        for what, on, reason in told
    ]
    record(entries, agent=SYSTEM, now=max(entry.at for entry in entries))
    bought = [entry.at for entry in entries if entry.to_stage == "customer"]
    Lead.objects.filter(pk=subject.pk).update(customer_at=min(bought, default=None))
    return subject
