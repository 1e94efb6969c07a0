"""Sequences as people make them, for tests: states are reached through the domain functions."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads.models import Lead
from nurture.models import Enrolment, Sequence, SequenceVersion, StepRun
from nurture.sequences import editing, entering, running

WAIT_3_DAYS = {"id": "w", "kind": "wait", "count": 3, "unit": "days"}


def tell(step_id: str, text: str = "Look") -> dict[str, Any]:
    return {"id": step_id, "kind": "notify", "text": text, "person": None}


def draft(steps: list[dict[str, Any]], *, by: User, now: datetime, name: str = "White paper", **rules: Any) -> Sequence:
    sequence = editing.make(editing.Rules(name=name, **rules), actor=by, now=now)
    version = sequence.versions.get()
    editing.save_steps(version.pk, steps, seen_at=version.changed_at, now=now)
    return sequence


def started(steps: list[dict[str, Any]], *, by: User, now: datetime, **rules: Any) -> Sequence:
    return start(draft(steps, by=by, now=now, **rules), by=by, now=now)


def start(sequence: Sequence, *, by: User, now: datetime, with_members: bool = False) -> Sequence:
    version = sequence.versions.get(state=SequenceVersion.State.DRAFT)
    return editing.start(sequence.pk, seen_at=version.changed_at, with_members=with_members, actor=by, now=now)


def enrol(sequence: Sequence, *leads: Lead, by: User, now: datetime) -> Enrolment:
    entered = entering.enrol(sequence.pk, [lead.pk for lead in leads], how=Enrolment.How.BY_HAND, actor=by, now=now)
    return entered.enrolments[0]


def work(now: datetime) -> None:
    """What a worker does, until nothing is left."""
    while entering.enter_requested(now=now) or running.take_due(now=now):
        pass


def steps_of(enrolment: Enrolment) -> list[tuple[str, str]]:
    """The steps that were taken, with their outcomes."""
    return list(StepRun.objects.filter(enrolment=enrolment).values_list("step", "outcome"))


def reject(lead: Lead, *, rep: User, reason: Reason, now: datetime) -> None:
    transitions.reject(
        handoff_id=Handoff.objects.open().get(lead=lead).pk, actor=rep, reason=reason, text="Not now.", now=now
    )


def days(count: float) -> timedelta:
    return timedelta(days=count)
