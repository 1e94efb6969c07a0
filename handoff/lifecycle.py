"""The only writer of a handoff's state.

Every transition is one function and one transaction: lock the lead, then claim the handoff by a conditional
UPDATE (zero rows: somebody was first), then the lead's side through leads/lifecycle.py, which records the
event. Who may call is the business of handoff/access.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SALES_REP
from handoff import deliveries
from handoff.answers import checked_answers, checked_reason, checked_words
from handoff.models import OPEN, Handoff, Reason, SlaPolicy
from handoff.refusals import SENTENCES, AlreadyDecided, Incomplete, NotPossible, TooLate
from leads import lifecycle as leads
from leads.events import SYSTEM, Agent, Entry, record
from leads.models import Lead
from scoring.models import Score

__all__ = ["TRANSITIONS", "AlreadyDecided", "Incomplete", "NotPossible", "TooLate"]

DO_NOT_CONTACT: Final = "do_not_contact"  # the key of the seeded reason that also stops all contact


class Move(NamedTuple):
    """One transition: the states it starts from (none: a new row), where it ends, the event it leaves."""

    starts: tuple[str, ...]
    ends: str
    event: str


TRANSITIONS: Final[dict[str, Move]] = {
    "open_handoff": Move((), "ready", "lead.mql"),
    "pass_to_sales": Move(("ready",), "waiting", "handoff.passed"),
    "accept": Move(("waiting",), "accepted", "handoff.accepted"),
    "reject": Move(("waiting",), "rejected", "handoff.rejected"),
    "breach": Move(("waiting",), "breached", "handoff.breached"),
    "qualify": Move(("accepted",), "qualified", "handoff.qualified"),
    "disqualify": Move(("accepted",), "disqualified", "handoff.disqualified"),
    "recycle": Move(("accepted",), "recycled", "handoff.recycled"),
    "withdraw": Move(OPEN, "withdrawn", "handoff.withdrawn"),
    "close_with_lead": Move(OPEN, "withdrawn", "handoff.withdrawn"),
}


@transaction.atomic
def open_handoff(
    *,
    lead: Lead,
    score: Score,
    receipt: dict[str, Any],
    policy: SlaPolicy,
    agent: Agent,
    now: datetime,
    backlog_on: date | None = None,
) -> Handoff:
    """The lead becomes an MQL. The caller holds its lock and has seen that the score qualifies.

    `backlog_on` is the day on which it had its turn, when it waited for one. Raises NotPossible when the lead is
    already with sales or decided, IntegrityError when a handoff is open.
    """
    handoff = Handoff.objects.create(
        lead=lead,
        criteria_id=score.criteria_id,
        policy=policy,
        state=TRANSITIONS["open_handoff"].ends,
        is_fast_track=score.is_fast_track,
        receipt=receipt,
        backlog_on=backlog_on,
        opened_at=now,
    )
    data = {"handoff": str(handoff.public_id), "score": score.total}
    leads.become_mql(lead, agent=agent, now=now, data=data)
    return handoff


@transaction.atomic
def pass_to_sales(*, handoff_id: int, assignee: User, agent: Agent, now: datetime) -> Handoff:
    """A rep holds the baton and the clock starts; the rep is told by mail."""
    lead, handoff = _lock(handoff_id)
    respond_by = handoff.policy.respond_by(now)
    _move(handoff, "pass_to_sales", assignee=assignee, passed_at=now, respond_by=respond_by)
    leads.pass_to_sales(lead, owner=assignee, agent=agent, now=now)
    deliveries.owe_passed(handoff, now=now)
    return handoff


def accept(*, handoff_id: int, actor: User, now: datetime) -> Handoff:
    """Sales takes the lead (SAL). From waiting only, before respond_by.

    A rep who accepts holds the lead from now on; a manager accepts for the rep it was passed to.
    Raises AlreadyDecided, or TooLate after the lead went back to nurture.
    """
    with _late_means_returned(handoff_id, now):
        return _accept(handoff_id, actor, now)


def accept_and_qualify(
    *, handoff_id: int, actor: User, timeline: str, budget: str, problem: str, involved: str, now: datetime
) -> Handoff:
    """Both at once, or neither: the rep has called before saying anything here."""
    with _late_means_returned(handoff_id, now):
        _accept(handoff_id, actor, now)
        return qualify(
            handoff_id=handoff_id,
            actor=actor,
            timeline=timeline,
            budget=budget,
            problem=problem,
            involved=involved,
            now=now,
        )


def reject(*, handoff_id: int, actor: User, reason: Reason, text: str = "", now: datetime) -> Handoff:
    """Sales does not take the lead; before contact, before respond_by. It rests as long as the reason says.

    Raises Incomplete, AlreadyDecided, or TooLate after the lead went back to nurture.
    """
    text = checked_reason(reason, Reason.Outcome.REJECT, text)
    with _late_means_returned(handoff_id, now):
        lead, handoff = _lock(handoff_id)
        _move(
            handoff,
            "reject",
            Q(respond_by__gt=now),
            reason=reason,
            reason_text=text,
            decided_by=actor,
            first_responded_at=now,
            closed_at=now,
        )
        _return(lead, "reject", reason=reason, text=text, actor=actor, now=now)
        return handoff


@transaction.atomic
def qualify(
    *, handoff_id: int, actor: User, timeline: str, budget: str, problem: str, involved: str, now: datetime
) -> Handoff:
    """Sales has talked: it is an SQL. The four answers are the proof; raises Incomplete without them."""
    answers = checked_answers(timeline=timeline, budget=budget, problem=problem, involved=involved)
    lead, handoff = _lock(handoff_id)
    _move(handoff, "qualify", decided_by=actor, closed_at=now, **answers)
    leads.qualify(lead, agent=Agent(user=actor), now=now)
    return handoff


@transaction.atomic
def disqualify(*, handoff_id: int, actor: User, reason: Reason, text: str = "", now: datetime) -> Handoff:
    """After contact: not one for us. The reason "do not contact" also stops all contact."""
    text = checked_reason(reason, Reason.Outcome.DISQUALIFY, text)
    lead, handoff = _lock(handoff_id)
    _move(handoff, "disqualify", reason=reason, reason_text=text, decided_by=actor, closed_at=now)
    leads.disqualify(
        lead,
        agent=Agent(user=actor),
        now=now,
        reason=reason.key,
        text=text,
        stop_contact=reason.key == DO_NOT_CONTACT,
    )
    return handoff


@transaction.atomic
def recycle(*, handoff_id: int, actor: User, reason: Reason, text: str = "", now: datetime) -> Handoff:
    """After contact: not now. Back to nurture, resting as long as the reason says."""
    text = checked_reason(reason, Reason.Outcome.RECYCLE, text)
    lead, handoff = _lock(handoff_id)
    _move(handoff, "recycle", reason=reason, reason_text=text, decided_by=actor, closed_at=now)
    _return(lead, "recycle", reason=reason, text=text, actor=actor, now=now)
    return handoff


@transaction.atomic
def withdraw(*, handoff_id: int, actor: User, text: str, now: datetime) -> Handoff:
    """The lead is taken back while the handoff is open; the words say why."""
    text = checked_words(text)
    if not text:
        raise Incomplete("text", _("Say why the lead is taken back."))
    lead, handoff = _lock(handoff_id)
    _move(handoff, "withdraw", reason_text=text, decided_by=actor, closed_at=now)
    leads.withdraw(lead, agent=Agent(user=actor), now=now, text=text)
    return handoff


@transaction.atomic
def close_with_lead(*, handoff_id: int, now: datetime) -> Handoff:
    """The lead's outcome was recorded elsewhere, so nothing is left to hand over. The lead stays as it is."""
    lead, handoff = _lock(handoff_id)
    text = _("Recorded meanwhile: %(stage)s, %(status)s. Nothing was left to hand over.") % {
        "stage": lead.get_stage_display(),
        "status": lead.get_status_display(),
    }
    _move(handoff, "close_with_lead", reason_text=text, decided_by=None, closed_at=now)
    entry = Entry(lead_id=lead.pk, kind=TRANSITIONS["close_with_lead"].event, at=now, text=text)
    record([entry], agent=SYSTEM, now=now)
    return handoff


@transaction.atomic
def breach(*, handoff_id: int, now: datetime) -> Handoff:
    """Nobody answered by respond_by: back to nurture without rest, as of the deadline; managers are told."""
    lead, handoff = _lock(handoff_id)
    deadline = handoff.respond_by
    if deadline is None:
        raise _refusal(handoff, TRANSITIONS["breach"])
    overdue = Q(respond_by__lte=now)
    _move(handoff, "breach", overdue, breached_at=deadline, closed_at=deadline, detected_at=now)
    event = TRANSITIONS["breach"].event
    leads.return_to_nurture(lead, event, agent=SYSTEM, at=deadline, now=now, rest=timedelta(0))
    deliveries.owe_breached(handoff, now=now)
    return handoff


def _accept(handoff_id: int, actor: User, now: datetime) -> Handoff:
    lead, handoff = _lock(handoff_id)
    holder = actor if actor.has_role(SALES_REP) else handoff.assignee
    _move(
        handoff,
        "accept",
        Q(respond_by__gt=now),
        assignee=holder,
        decided_by=actor,
        accepted_at=now,
        first_responded_at=now,
    )
    leads.accept(lead, owner=holder, agent=Agent(user=actor), now=now)
    return handoff


def _lock(handoff_id: int) -> tuple[Lead, Handoff]:
    """The locked lead and its handoff as it stands now that nobody else can move it."""
    lead = leads.locked(list(Handoff.objects.filter(pk=handoff_id).values_list("lead_id", flat=True))).get()
    handoff = Handoff.objects.select_related("policy", "assignee", "decided_by").get(pk=handoff_id)
    handoff.lead = lead
    return lead, handoff


def _move(handoff: Handoff, name: str, guard: Q | None = None, /, **columns: Any) -> None:
    """Claims the handoff and writes the columns that change with its state, or says who was first."""
    move = TRANSITIONS[name]
    columns = {"state": move.ends, **columns}
    claim = Handoff.objects.filter(guard or Q(), pk=handoff.pk, state__in=move.starts)
    if not claim.update(**columns):
        handoff.refresh_from_db()
        raise _refusal(handoff, move)
    for column, value in columns.items():
        setattr(handoff, column, value)


def _refusal(handoff: Handoff, move: Move) -> NotPossible:
    """Why the claim got nothing: the clock, somebody who was first, or it has not come so far."""
    if move.ends in ("accepted", "rejected") and handoff.state in ("waiting", "breached"):
        return TooLate(handoff)
    if handoff.state in ("in_review", "ready", "waiting"):
        return NotPossible(str(SENTENCES[handoff.state]))
    return AlreadyDecided(handoff)


@contextmanager
def _late_means_returned(handoff_id: int, now: datetime) -> Iterator[None]:
    """A transaction; when it ends in TooLate, another one records the breach before the caller hears of it.

    So the truth does not wait for the sweeper. Inside a transaction of the caller's it is lost with that one.
    """
    try:
        with transaction.atomic():
            yield
    except TooLate:
        with suppress(NotPossible):  # the sweeper was faster
            breach(handoff_id=handoff_id, now=now)
        raise


def _return(lead: Lead, name: str, *, reason: Reason, text: str, actor: User, now: datetime) -> None:
    leads.return_to_nurture(
        lead,
        TRANSITIONS[name].event,
        agent=Agent(user=actor),
        at=now,
        now=now,
        rest=timedelta(days=reason.rest_days),
        reason=reason.key,
        text=text,
    )
