"""The sweepers. Each looks at rows that are owed; running one twice, or two at once, does nothing more."""

from typing import Final

from celery import shared_task
from celery.signals import worker_ready

from handoff.deadlines import clock_readings, holds, sla
from handoff.promotion import backlog, promotions, ready_leads
from handoff.routing import rerouting
from handoff.standstill import PASSING
from lib import clock

# A task gives its process back after so many seconds; what is left is the next one's.
LONGEST_RUN: Final = 2.0


@shared_task
@PASSING.unless_off
def breach_overdue() -> None:
    """Unanswered leads go back to nurture, unless the clock was moved."""
    holds.enforce(clock_readings.read(now=clock.now()))


@shared_task
@PASSING.unless_off
def warn_due() -> None:
    """Reps are told that half, and that nine tenths of their time are over."""
    sla.warn_due(now=clock.now())


@shared_task
@PASSING.unless_off
def pass_ready() -> None:
    """Leads that waited for somebody to be in are passed."""
    ready_leads.pass_ready(now=clock.now())


@shared_task
@PASSING.unless_off
def reroute_held() -> None:
    """Leads whose holder has left, or is out beyond the deadline, go to somebody else."""
    rerouting.reroute_held(now=clock.now())


@shared_task
@PASSING.unless_off
def promote_requested() -> None:
    """Leads that were scored and qualify are promoted."""
    promotions.promote_requested(now=clock.now(), seconds=LONGEST_RUN)


@shared_task
@PASSING.unless_off
def request_missed() -> None:
    """Leads that qualify but were resting, or whose promotion failed, are asked for."""
    promotions.request_missed(now=clock.now())


@shared_task
@PASSING.unless_off
def pass_from_backlog() -> None:
    """Leads that other criteria or an import made qualify have their turn, so many a day."""
    backlog.pass_next(now=clock.now())


@worker_ready.connect(dispatch_uid="handoff.sweep_at_start")
def sweep_at_start(**_: object) -> None:
    """Whatever came due while no worker lived is looked at now, not at the next tick of the schedule."""
    for task in (breach_overdue, reroute_held, pass_ready, promote_requested, request_missed, pass_from_backlog):
        task.delay()
