"""What becomes of one enrolment at one moment. Pure: steps, where the lead stands, what is true of it, and the moment.

One call takes at most one step. In this order: whoever is gone leaves; a goal that is reached, or what ends it, ends
it; while sales has the lead nothing happens; then the step says whether to stay, to act or to go on.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nurture.models import Enrolment, StepRun
from nurture.sequences.steps import ASK, END, GO_TO, WAIT_FOR, Plan, Step
from nurture.sequences.waits import Almanac, wait_end

# Conditions that cannot be read, or a sequence to be looked at again: so much later.
HOLD: Final = timedelta(hours=1)


class Place(NamedTuple):
    """Where an enrolment stands."""

    step: str
    since: datetime
    # When it entered, or went on after sales had the lead.
    began_at: datetime
    paused_at: datetime | None = None


class Facts(NamedTuple):
    """What is true of the lead at the moment."""

    almanac: Almanac
    is_erased: bool = False
    # A customer, lost or disqualified.
    is_closed: bool = False
    is_stopped: bool = False
    is_with_sales: bool = False
    returned_at: datetime | None = None
    leaves_on_return: bool = False
    is_goal_reached: bool = False
    is_to_leave: bool = False
    # What the step asks for.
    is_met: bool = False
    # All conditions could be read.
    is_readable: bool = True


class Ended(NamedTuple):
    """It is over."""

    state: Enrolment.State
    reason: Enrolment.Reason


class Paused(NamedTuple):
    """Sales has the lead."""


class Resumed(NamedTuple):
    """Sales gave the lead back; the step counts from this moment, so that what was waited for goes on."""

    since: datetime


class Stays(NamedTuple):
    """Nothing happens until then."""

    until: datetime


class Goes(NamedTuple):
    """The step is over: `acts` says that it does something now. Without a next step it is the end."""

    outcome: StepRun.Outcome
    to: str | None
    acts: bool
    reason: Enrolment.Reason = Enrolment.Reason.END


Move = Ended | Paused | Resumed | Stays | Goes


def look(plan: Plan, place: Place, facts: Facts, *, now: datetime) -> Move:
    """What becomes of it now."""
    early = _ends_early(place, facts)
    if early is not None:
        return Ended(*early)
    if not facts.is_readable:
        return Stays(now + HOLD)
    if facts.is_with_sales:
        return Paused()
    if place.paused_at is not None:
        return Resumed(min(place.since + (now - place.paused_at), now))
    return _step(plan, plan.by_id[place.step], place.since, facts, now=now)


def conditions_of(plan: Plan, step_id: str) -> str:
    """The conditions that the step asks for; empty where it asks for none."""
    step = plan.by_id[step_id]
    return str(step.says["query"]) if step.kind in (ASK, WAIT_FOR) else ""


def _ends_early(place: Place, facts: Facts) -> tuple[Enrolment.State, Enrolment.Reason] | None:
    done, left, reason = Enrolment.State.DONE, Enrolment.State.LEFT, Enrolment.Reason
    came_back = facts.returned_at is not None and facts.returned_at > place.began_at
    ends = (
        (facts.is_erased, left, reason.ERASED),
        (facts.is_stopped, left, reason.STOPPED),
        (facts.is_goal_reached and facts.is_readable, done, reason.GOAL),
        (facts.is_closed, left, reason.CLOSED),
        (facts.is_to_leave and facts.is_readable, left, reason.EXIT),
        (came_back and facts.leaves_on_return and not facts.is_with_sales, left, reason.RETURNED),
    )
    return next(((state, why) for holds, state, why in ends if holds), None)


def _step(plan: Plan, step: Step, since: datetime, facts: Facts, *, now: datetime) -> Move:
    outcome = StepRun.Outcome
    if step.kind.has_branches:
        if step.kind is WAIT_FOR and not facts.is_met and (end := wait_end(step, since, facts.almanac)) > now:
            return Stays(end)
        branch = outcome.YES if facts.is_met else outcome.NO
        return Goes(branch, plan.after(step.id, branch), acts=False)
    if step.kind.is_wait:
        end = wait_end(step, since, facts.almanac)
        return Stays(end) if end > now else Goes(outcome.DONE, plan.after(step.id), acts=False)
    if step.kind is END:
        return Goes(outcome.DONE, None, acts=False)
    if step.kind is GO_TO:
        return Goes(outcome.DONE, None, acts=True, reason=Enrolment.Reason.WENT_ON)
    return Goes(outcome.DONE, plan.after(step.id), acts=True)
