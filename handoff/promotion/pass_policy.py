"""How leads are passed to sales: who is checked by marketing first, and when what is ready is passed."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from handoff.deadlines.due_times import hours_of
from handoff.models import Handoff, PassPolicy, State
from handoff.models.handoffs import HandoffQuerySet

# So far a daily pass is looked for; a calendar that is closed longer passes nothing.
FURTHEST: Final = 366
SATURDAY: Final = 5


def is_checked_first(policy: PassPolicy, *, is_fast_track: bool) -> bool:
    """Whether marketing looks at such a lead before sales does."""
    everybody = policy.checks == PassPolicy.Check.EVERYBODY
    return everybody or (policy.checks == PassPolicy.Check.ORDINARY and not is_fast_track)


def passes_at_once(handoff: Handoff, policy: PassPolicy) -> bool:
    """Whether a lead that has just become an MQL goes to sales without waiting for anybody or anything."""
    if handoff.state != State.READY:
        return False
    return handoff.is_fast_track or policy.when == PassPolicy.Pass.AT_ONCE


def promise(policy: PassPolicy, *, opened_at: datetime, is_fast_track: bool) -> datetime:
    """By when marketing promises to have passed a lead: what it takes to check, then the next daily pass.

    A fast-track lead waits for no daily pass.
    """
    checked = is_checked_first(policy, is_fast_track=is_fast_track)
    ready_at = opened_at + policy.check_within if checked else opened_at
    if policy.when == PassPolicy.Pass.AT_ONCE or is_fast_track:
        return ready_at
    return _pass_near(policy, ready_at, step=1) or ready_at


def passable(ready: HandoffQuerySet, policy: PassPolicy, *, now: datetime) -> HandoffQuerySet:
    """Those of the ready handoffs that may be passed by now.

    Every one where leads are passed at once; else those that were ready at the latest daily pass, and those that
    wait for none: the fast track, and what goes on from another rep.
    """
    if policy.when == PassPolicy.Pass.AT_ONCE:
        return ready
    latest = _pass_near(policy, now, step=-1)
    waits_for_none = Q(is_fast_track=True) | ~Q(origin=Handoff.Origin.PROMOTED)
    was_ready = Q(ready_since__lte=latest) if latest else Q(pk__in=())
    return ready.annotate(ready_since=Coalesce("reviewed_at", "opened_at")).filter(waits_for_none | was_ready)


def next_pass(policy: PassPolicy, *, now: datetime) -> datetime | None:
    """When what is ready is passed; None where it is passed at once, or no daily pass comes."""
    return None if policy.when == PassPolicy.Pass.AT_ONCE else _pass_near(policy, now, step=1)


def _pass_near(policy: PassPolicy, moment: datetime, *, step: int) -> datetime | None:
    """The daily pass at or after the moment (step 1), or at or before it (step -1); None when none comes."""
    hours = hours_of(policy.calendar) if policy.calendar else None
    zone = hours.zone if hours else timezone.get_default_timezone()
    day = moment.astimezone(zone).date()
    for _day in range(FURTHEST):
        at = datetime.combine(day, policy.daily_at, tzinfo=zone).astimezone(UTC)
        is_workday = bool(hours.on(day)) if hours else day.weekday() < SATURDAY
        if is_workday and (at - moment) * step >= timedelta(0):
            return at
        day += timedelta(days=step)
    return None
