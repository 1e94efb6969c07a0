"""Who would get a lead, and why: the choice of routing without passing anything."""

from dataclasses import dataclass
from datetime import datetime

from handoff.models import Handoff, PassPolicy
from handoff.routing.availability import RepAvailability, availability_of_reps
from handoff.routing.choosing import Choice, Decision, fallback_for, had_it, manager_for, weigh
from handoff.routing.rules import Facts, facts_of, rules_in_use
from leads.models import Lead


@dataclass(frozen=True, slots=True)
class DryRun:
    """What was asked, everybody who takes leads, who had this lead before, and what would be decided."""

    facts: Facts
    availabilities: tuple[RepAvailability, ...]
    passed_over: frozenset[int]
    decision: Decision
    instead: Choice | None  # who gets it where no rep does
    is_escalated: bool = False  # it goes to a manager, and no rep is asked


def dry_run(facts: Facts, *, now: datetime, goes_on: Handoff | None = None) -> DryRun:
    """For a lead of which these facts are known. Nothing is locked and nothing changes.

    `goes_on` is the handoff to be passed when it follows another one: those who had the lead are passed over, and
    what goes to a manager is asked of no rule.
    """
    availabilities = availability_of_reps(now=now)
    passed_over = had_it(goes_on) if goes_on else frozenset[int]()
    is_escalated = goes_on is not None and goes_on.origin == Handoff.Origin.ESCALATED
    there = [
        availability
        for availability in availabilities
        if availability.is_in and availability.user.pk not in passed_over
    ]
    decision = weigh(facts, [] if is_escalated else there, rules_in_use())
    return DryRun(
        facts=facts,
        availabilities=tuple(
            sorted(
                availabilities,
                key=lambda availability: (not availability.is_in, availability.share, availability.user.pk),
            )
        ),
        passed_over=passed_over,
        decision=decision,
        instead=None if decision.availability else _instead(goes_on, besides=passed_over, now=now),
        is_escalated=is_escalated,
    )


def dry_run_of(lead: Lead, *, now: datetime) -> DryRun:
    """For one lead as it is stored. One that goes on from a rep passes over those who had it."""
    open_now = Handoff.objects.open().filter(lead=lead, follows__isnull=False)
    return dry_run(facts_of(lead.pk), now=now, goes_on=open_now.select_related("policy__escalate_to").first())


def _instead(goes_on: Handoff | None, *, besides: frozenset[int], now: datetime) -> Choice | None:
    choice = manager_for(goes_on, besides=besides, now=now) if goes_on else None
    return choice or fallback_for(PassPolicy.current(), besides=besides, now=now)
