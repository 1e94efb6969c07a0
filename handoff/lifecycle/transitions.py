"""What becomes of a handoff: opened, checked, answered, taken back, or not answered in time.

Each is one function and one transaction over handoff/lifecycle/machine.py, which writes the state; who holds the
lead next is handoff/lifecycle/passing.py. Who may call is the business of handoff/access.py.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SALES_REP
from handoff import event_kinds, news
from handoff.lifecycle import resting
from handoff.lifecycle.answers import checked_answers, checked_reason, checked_words
from handoff.lifecycle.machine import TRANSITIONS, lock, move, refusal
from handoff.lifecycle.passing import (
    GOES_ON,
    go_on,
    hint_pass,
    may_go_on,
    pass_held,
    pass_to_sales,
    reassign,
    take_back,
)
from handoff.lifecycle.refusals import AlreadyDecided, Held, Incomplete, NotPossible, TooLate
from handoff.models import Handoff, Hold, Reason, SlaPolicy, State
from handoff.standstill import PASSING
from leads import lifecycle as leads
from leads.events import SYSTEM, Agent, Entry, Transition, record
from leads.models import Lead
from scoring.models import Score

__all__ = [
    "TRANSITIONS",
    "AlreadyDecided",
    "Incomplete",
    "NotPossible",
    "TooLate",
    "pass_held",
    "pass_to_sales",
    "reassign",
    "take_back",
]


def open_handoff(
    *,
    lead: Lead,
    score: Score,
    receipt: Mapping[str, object],
    policy: SlaPolicy,
    agent: Agent,
    now: datetime,
    backlog_on: date | None = None,
    pass_by: datetime | None = None,
    for_review: bool = False,
) -> Handoff:
    """The lead becomes an MQL, in the transaction of the caller, who holds its lock and has seen that it qualifies.

    `backlog_on` is the day on which it had its turn, when it waited for one; `pass_by` is when marketing promises to
    have passed it (None: now), and `for_review` whether marketing looks at it first. Raises NotPossible when the lead
    is already with sales or decided, IntegrityError when a handoff is open.
    """
    opened = TRANSITIONS["open_for_review" if for_review else "open_handoff"]
    handoff = Handoff.objects.create(
        lead=lead,
        criteria_id=score.criteria_id,
        policy=policy,
        state=opened.ends,
        is_fast_track=score.is_fast_track,
        receipt=receipt,
        backlog_on=backlog_on,
        opened_at=now,
        pass_by=pass_by or now,
    )
    data = {"handoff": str(handoff.public_id), "score": score.total}
    leads.become_mql(lead, agent=agent, now=now, data=data)
    if for_review:
        news.enqueue_to_review(handoff, now=now)
    return handoff


@transaction.atomic
def approve(*, handoff_id: int, actor: User, now: datetime) -> Handoff:
    """Marketing has looked and says it is one for sales; it is passed at the next pass."""
    lead, handoff = lock(handoff_id)
    move(handoff, "approve", reviewed_by=actor, reviewed_at=now)
    leads.approve(lead, event_kinds.APPROVED, agent=Agent(user=actor), now=now)
    hint_pass()
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

    One that came to the wrong rep does not go back: it is routed again, MOST_HOPS times at most.
    Raises Incomplete, AlreadyDecided, or TooLate after the lead went back to nurture.
    """
    text = checked_reason(reason, Reason.Outcome.REJECT, text)
    with _late_means_returned(handoff_id, now):
        lead, handoff = lock(handoff_id)
        move(
            handoff,
            "reject",
            Q(respond_by__gt=now),
            reason=reason,
            reason_text=text,
            decided_by=actor,
            first_responded_at=now,
            closed_at=now,
        )
        if reason.next_step == Reason.NextStep.REROUTE and may_go_on(lead, handoff):
            event = Entry(lead_id=lead.pk, kind=event_kinds.REJECTED, at=now, reason=reason.key, text=text)
            go_on(lead, handoff, Handoff.Origin.REROUTED, event, agent=Agent(user=actor), now=now)
        else:
            _return(lead, event_kinds.REJECTED, reason=reason, text=text, actor=actor, now=now)
        news.enqueue_returned(handoff, now=now)
        return handoff


@transaction.atomic
def qualify(
    *, handoff_id: int, actor: User, timeline: str, budget: str, problem: str, involved: str, now: datetime
) -> Handoff:
    """Sales has talked: it is an SQL. The four answers are the proof; raises Incomplete without them."""
    answers = checked_answers(timeline=timeline, budget=budget, problem=problem, involved=involved)
    lead, handoff = lock(handoff_id)
    move(handoff, "qualify", decided_by=actor, closed_at=now, **answers)
    leads.qualify(lead, event_kinds.QUALIFIED, agent=Agent(user=actor), now=now)
    return handoff


@transaction.atomic
def disqualify(*, handoff_id: int, actor: User, reason: Reason, text: str = "", now: datetime) -> Handoff:
    """After contact: not one for us. The reason "do not contact" also stops all contact."""
    text = checked_reason(reason, Reason.Outcome.DISQUALIFY, text)
    lead, handoff = lock(handoff_id)
    move(handoff, "disqualify", reason=reason, reason_text=text, decided_by=actor, closed_at=now)
    leads.disqualify(
        lead,
        event_kinds.DISQUALIFIED,
        agent=Agent(user=actor),
        now=now,
        reason=reason.key,
        text=text,
        stop_contact=reason.stops_contact,
    )
    return handoff


@transaction.atomic
def recycle(*, handoff_id: int, actor: User, reason: Reason, text: str = "", now: datetime) -> Handoff:
    """After contact: not now. Back to nurture, resting as long as the reason says."""
    text = checked_reason(reason, Reason.Outcome.RECYCLE, text)
    lead, handoff = lock(handoff_id)
    move(handoff, "recycle", reason=reason, reason_text=text, decided_by=actor, closed_at=now)
    _return(lead, event_kinds.RECYCLED, reason=reason, text=text, actor=actor, now=now)
    news.enqueue_returned(handoff, now=now)
    return handoff


@transaction.atomic
def withdraw(*, handoff_id: int, actor: User, text: str, now: datetime) -> Handoff:
    """The lead is taken back while the handoff is open; the words say why."""
    text = checked_words(text)
    if not text:
        raise Incomplete("text", _("Say why the lead is taken back."))
    lead, handoff = lock(handoff_id)
    move(handoff, "withdraw", reason_text=text, decided_by=actor, closed_at=now)
    leads.withdraw(lead, event_kinds.WITHDRAWN, agent=Agent(user=actor), now=now, text=text)
    return handoff


@transaction.atomic
def withdraw_forgotten(*, handoff_id: int, agent: Agent, now: datetime) -> Handoff:
    """The person behind the lead is erased, so there is nobody to hand over; it counts against nobody."""
    lead, handoff = lock(handoff_id)
    move(handoff, "withdraw", decided_by=agent.user, closed_at=now)
    leads.withdraw(lead, event_kinds.WITHDRAWN, agent=agent, now=now, text="")
    return handoff


@transaction.atomic
def let_go(*, handoff_id: int, now: datetime) -> Handoff:
    """Nobody is left who could take a lead that goes on: back to nurture, so that it does not wait for ever."""
    lead, handoff = lock(handoff_id)
    text = _("Everybody who could take the lead has had it, or is out.")
    move(handoff, "let_go", reason_text=text, decided_by=None, closed_at=now)
    leads.withdraw(lead, event_kinds.WITHDRAWN, agent=SYSTEM, now=now, text=text)
    return handoff


@transaction.atomic
def close_with_lead(*, handoff_id: int, now: datetime) -> Handoff:
    """The lead's outcome was recorded elsewhere, so nothing is left to hand over. The lead stays as it is."""
    lead, handoff = lock(handoff_id)
    text = _("Recorded meanwhile: %(stage)s, %(status)s. Nothing was left to hand over.") % {
        "stage": lead.get_stage_display(),
        "status": lead.get_status_display(),
    }
    move(handoff, "close_with_lead", reason_text=text, decided_by=None, closed_at=now)
    entry = Entry(lead_id=lead.pk, kind=event_kinds.WITHDRAWN, at=now, text=text)
    record([entry], agent=SYSTEM, now=now)
    return handoff


@transaction.atomic
def breach(*, handoff_id: int, now: datetime) -> Handoff:
    """Nobody answered by respond_by, and the breach counts as of then; managers are told.

    The lead goes back to nurture without rest, or on to another rep or a manager where its policy says so; after
    MOST_HOPS, and when it asked not to be contacted, back to nurture in any case. Raises Held while deadlines are
    held, or everything stands still.
    """
    lead, handoff = lock(handoff_id)
    stands_still = PASSING.is_off
    if handoff.state == State.WAITING and (stands_still or Hold.objects.filter(ended_at=None).exists()):
        raise Held(stands_still=stands_still)
    deadline = handoff.respond_by
    if deadline is None:
        raise refusal(handoff, TRANSITIONS["breach"])
    overdue = Q(respond_by__lte=now)
    move(handoff, "breach", overdue, breached_at=deadline, closed_at=deadline, detected_at=now)
    origin = GOES_ON.get(handoff.policy.on_breach)
    if origin and may_go_on(lead, handoff):
        event = Entry(lead_id=lead.pk, kind=event_kinds.BREACHED, at=deadline)
        go_on(lead, handoff, origin, event, agent=SYSTEM, now=now)
    else:
        leads.return_to_nurture(
            lead, event_kinds.BREACHED, agent=SYSTEM, at=deadline, now=now, rest=resting.AFTER_BREACH
        )
    news.enqueue_breached(handoff, now=now)
    return handoff


def _accept(handoff_id: int, actor: User, now: datetime) -> Handoff:
    lead, handoff = lock(handoff_id)
    holder = actor if actor.has_role(SALES_REP) else handoff.assignee
    move(
        handoff,
        "accept",
        Q(respond_by__gt=now),
        assignee=holder,
        decided_by=actor,
        accepted_at=now,
        first_responded_at=now,
    )
    leads.accept(lead, event_kinds.ACCEPTED, owner=holder, agent=Agent(user=actor), now=now)
    return handoff


@contextmanager
def _late_means_returned(handoff_id: int, now: datetime) -> Iterator[None]:
    """A transaction; when it ends in TooLate, another one records the breach before the caller hears of it.

    So the truth does not wait for the sweeper. Inside a transaction of the caller's it is lost with that one.
    """
    try:
        with transaction.atomic():
            yield
    except TooLate:
        try:
            breach(handoff_id=handoff_id, now=now)
        except Held:
            raise
        except NotPossible:  # the sweeper was faster
            pass
        raise


def _return(lead: Lead, kind: Transition, *, reason: Reason, text: str, actor: User, now: datetime) -> None:
    leads.return_to_nurture(
        lead,
        kind,
        agent=Agent(user=actor),
        at=now,
        now=now,
        rest=resting.after(reason),
        reason=reason.key,
        text=text,
    )
