"""Who would get a lead, and why: the choice of routing without passing anything."""

from dataclasses import dataclass
from datetime import datetime

from handoff.models import Handoff, PassPolicy
from handoff.routing.bench import Seat, bench
from handoff.routing.choosing import Decision, had_it, weigh
from handoff.routing.rules import Facts, facts_of, rules_in_use
from leads.models import Lead


@dataclass(frozen=True, slots=True)
class DryRun:
    """What was asked, everybody who takes leads, who had this lead before, and what would be decided."""

    facts: Facts
    seats: tuple[Seat, ...]
    passed_over: frozenset[int]
    decision: Decision
    fallback: str  # who gets leads while nobody can; empty: nobody


def dry_run(facts: Facts, *, now: datetime, passed_over: frozenset[int] = frozenset()) -> DryRun:
    """For a lead of which these facts are known. Nothing is locked and nothing changes."""
    seats = bench(now=now)
    there = [seat for seat in seats if seat.is_in and seat.user.pk not in passed_over]
    policy = PassPolicy.objects.select_related("fallback").filter(pk=1).first()
    return DryRun(
        facts=facts,
        seats=tuple(sorted(seats, key=lambda seat: (not seat.is_in, seat.share, seat.user.pk))),
        passed_over=passed_over,
        decision=weigh(facts, there, rules_in_use()),
        fallback=str(policy.fallback) if policy and policy.fallback and policy.fallback.is_active else "",
    )


def dry_run_of(lead: Lead, *, now: datetime) -> DryRun:
    """For one lead as it is stored. One that goes on from a rep passes over those who had it."""
    goes_on = Handoff.objects.open().filter(lead=lead, follows__isnull=False).first()
    return dry_run(facts_of(lead.pk), now=now, passed_over=had_it(goes_on) if goes_on else frozenset())
