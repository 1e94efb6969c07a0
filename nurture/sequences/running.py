"""A worker takes the steps that are due: facts are read for a whole batch, the machine says what becomes of each, and
what was done is written with the move itself.

Leads are held first, then their enrolments; one that somebody else holds is passed over and stays due. A worker that
dies leaves everything as it was. One that fails holds up nobody else: it is tried again later, alone.
"""

import logging
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Q

from leads.events import SYSTEM
from leads.models import Lead
from leads.writing import insert, write
from nurture.event_kinds import ENDED, PAUSED, RESUMED
from nurture.models import Enrolment, Sequence, StepRun
from nurture.sequences.acting import Turn, act
from nurture.sequences.facts import Plans, read_facts
from nurture.sequences.machine import HOLD, Ended, Facts, Goes, Paused, Place, Resumed, Stays, look
from nurture.sequences.recording import begin_nurturing, end_nurturing, record_all
from nurture.sequences.sends import call_off_sends
from nurture.sequences.steps import Plan

logger = logging.getLogger(__name__)
BATCH: Final = 500
MOVED: Final = ("state", "reason", "step", "since", "due_at", "paused_at", "began_at", "ended_at")


@dataclass(slots=True)
class Round:
    """What one look at many enrolments comes to."""

    now: datetime
    runs: list[tuple[int, str, datetime, str, str]] = field(default_factory=list)
    paused: list[Enrolment] = field(default_factory=list)
    resumed: list[Enrolment] = field(default_factory=list)
    ended: list[Enrolment] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


def take_due(*, now: datetime, limit: int = BATCH) -> int:
    """Looks at the enrolments that are due, the longest due first. Returns how many were looked at."""
    keys = _due(now=now, limit=limit)
    if not keys:
        return 0
    try:
        return _take(keys, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Steps of %s enrolments could not be taken together; each is tried alone.", len(keys))
    return sum(_take_alone(key, now=now) for key in keys)


def _take_alone(key: int, *, now: datetime) -> int:
    try:
        return _take([key], now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("A step of enrolment %s could not be taken; it is tried again in an hour.", key)
        Enrolment.objects.open().filter(pk=key, due_at__lte=now).update(due_at=now + HOLD)
        return 1


def _due(*, now: datetime, limit: int) -> list[int]:
    """Those whose moment has come, and all of sequences that were stopped."""
    stopped = Enrolment.objects.open().filter(sequence__state=Sequence.State.STOPPED)
    keys = list(stopped.order_by().values_list("pk", flat=True)[:limit])
    if not keys:
        due = Enrolment.objects.filter(due_at__lte=now, sequence__state=Sequence.State.RUNNING)
        keys = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    return keys


@transaction.atomic
def _take(keys: Many[int], *, now: datetime) -> int:
    enrolments = _held(keys, now=now)
    plans: Plans = {one.version_id: Plan.read(one.version.steps) for one in enrolments}
    facts = read_facts(enrolments, plans, now=now)
    this = Round(now)
    goes: list[tuple[Enrolment, Goes]] = []
    for one in enrolments:
        move = _look(one, plans, facts[one.pk], now=now)
        if isinstance(move, Goes):
            goes.append((one, move))
            if move.acts:
                this.turns.append(Turn(one, plans[one.version_id].by_id[one.step]))
        else:
            _apply(one, move, this)
    refusals = act(this.turns, now=now)
    for one, move in goes:
        _go(one, move, refusals.get(one.pk), this)
    _store(enrolments, this)
    return len(enrolments)


def _held(keys: Many[int], *, now: datetime) -> list[Enrolment]:
    """Those of these that nobody else holds, and that are still due."""
    lead_ids = Enrolment.objects.filter(pk__in=keys).values_list("lead_id", flat=True)
    leads = Lead.objects.filter(pk__in=list(lead_ids)).order_by("pk")
    by_id = {lead.pk: lead for lead in leads.select_for_update(no_key=True, skip_locked=True)}
    due = Q(due_at__lte=now, sequence__state=Sequence.State.RUNNING) | Q(sequence__state=Sequence.State.STOPPED)
    enrolments = Enrolment.objects.open().filter(due, pk__in=keys, lead__in=list(by_id)).order_by("pk")
    free = enrolments.select_related("sequence", "version__started_by").select_for_update(
        no_key=True, skip_locked=True, of=("self",)
    )
    rows = list(free)
    for one in rows:
        one.lead = by_id[one.lead_id]
    return rows


def _look(one: Enrolment, plans: Plans, facts: Facts, *, now: datetime) -> Ended | Paused | Resumed | Stays | Goes:
    place = Place(one.step, one.since, one.began_at, one.paused_at)
    return look(plans[one.version_id], place, facts, now=now)


def _apply(one: Enrolment, move: Ended | Paused | Resumed | Stays, this: Round) -> None:
    """What the move makes of it, except a step that is taken."""
    match move:
        case Ended(state, reason):
            _end(one, state, reason, this)
        case Stays(until):
            one.due_at = until
        case Paused():
            one.due_at = None
            if one.paused_at is None:
                one.state, one.paused_at = Enrolment.State.PAUSED, this.now
                this.paused.append(one)
        case Resumed(since):
            one.state, one.paused_at, one.since = Enrolment.State.UNDERWAY, None, since
            one.began_at = one.due_at = this.now
            this.resumed.append(one)


def _go(one: Enrolment, move: Goes, why: str | None, this: Round) -> None:
    outcome = move.outcome if why is None else StepRun.Outcome.REFUSED
    this.runs.append((one.pk, one.step, this.now, outcome.value, why or ""))
    if move.to is None:
        # Without the sequence it was to go on to, it has come to the end.
        reason = move.reason if why is None else Enrolment.Reason.END
        _end(one, Enrolment.State.DONE, reason, this)
    else:
        one.step, one.since, one.due_at = move.to, this.now, this.now


def _end(one: Enrolment, state: Enrolment.State, reason: Enrolment.Reason, this: Round) -> None:
    one.state, one.reason, one.due_at = state, reason, None
    # A clock that was put back does not end it before it began.
    one.ended_at = max(this.now, one.entered_at)
    this.ended.append(one)


def _store(enrolments: Many[Enrolment], this: Round) -> None:
    insert(StepRun, ("enrolment_id", "step", "at", "outcome", "why"), this.runs)
    write(Enrolment, enrolments, MOVED)
    for some, kind in ((this.paused, PAUSED), (this.resumed, RESUMED), (this.ended, ENDED)):
        record_all(some, kind, agent=SYSTEM, now=this.now)
    begin_nurturing(_leads([one for one in enrolments if one.is_underway]), agent=SYSTEM, now=this.now)
    end_nurturing(_leads(this.ended), agent=SYSTEM, now=this.now)
    call_off_sends(this.ended, now=this.now)


def _leads(enrolments: Many[Enrolment]) -> list[Lead]:
    """Their leads, each once, as they are by now: a step may have corrected them."""
    return list({one.lead_id: one.lead for one in enrolments}.values())
