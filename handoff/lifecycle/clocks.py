"""The clock of a lead that waits is set anew: a manager has it counted again, or everything stood still."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from handoff import event_kinds, news
from handoff.deadlines.due_times import Deadlines
from handoff.lifecycle.answers import checked_words
from handoff.lifecycle.machine import TRANSITIONS, lock, move, refusal
from handoff.lifecycle.refusals import Incomplete, NotPossible
from handoff.models import Handoff, State
from leads.events import Agent, Entry, record
from lib.leave import leave


@transaction.atomic
def move_deadline(*, handoff_id: int, due: Deadlines, actor: User, text: str, now: datetime) -> Handoff:
    """A manager has it counted anew, and both deadlines are recorded; the rep is told.

    Only from one deadline ahead to another one ahead: what is late stays late. A warning that was given is not given
    again. Raises Incomplete without words that say why, NotPossible when the deadline has come or would have.
    """
    text = checked_words(text)
    if not text:
        raise Incomplete("text", _("Say why the deadline is moved."))
    return _set(handoff_id, due, Q(respond_by__gt=now), actor=actor, text=text, now=now)


@transaction.atomic
def let_clock_stand(*, handoff_id: int, due: Deadlines, actor: User, text: str, now: datetime) -> Handoff:
    """Nothing was done for a while, so its time did not run: also a deadline that has passed meanwhile comes later.

    Raises NotPossible when it was answered, or would be late all the same.
    """
    with leave(standstill="on"):
        return _set(handoff_id, due, Q(), actor=actor, text=text, now=now)


def _set(handoff_id: int, due: Deadlines, condition: Q, *, actor: User, text: str, now: datetime) -> Handoff:
    lead, handoff = lock(handoff_id)
    before = handoff.respond_by
    if before is None or handoff.state != State.WAITING:
        raise refusal(handoff, TRANSITIONS["move_deadline"])
    if due.respond_by <= now:
        raise NotPossible(_("By the new count its time would be over already."))
    warnings = {handoff.half_at: due.half_at, handoff.nearly_at: due.nearly_at, None: None}
    move(
        handoff,
        "move_deadline",
        condition,
        **due._asdict(),
        next_warning_at=warnings[handoff.next_warning_at],
        deadline_moved_at=now,
        deadline_moved_by=actor,
    )
    data: event_kinds.DeadlineMoved = {
        "handoff": str(handoff.public_id),
        "before": before.isoformat(),
        "after": due.respond_by.isoformat(),
    }
    entry = Entry(lead_id=lead.pk, kind=event_kinds.DEADLINE_MOVED, at=now, text=text, data=data)
    record([entry], agent=Agent(user=actor), now=now)
    news.enqueue_deadline_moved(handoff, now=now)
    return handoff
