"""The machine of a handoff: which transitions there are, and the one statement that writes its state.

Every transition is one transaction: lock the lead, then claim the handoff by a conditional UPDATE (zero rows:
somebody was first), then the lead's side through leads/lifecycle.py, which records the event.
"""

from typing import Final, NamedTuple

from django.db.models import Q

from handoff import event_kinds
from handoff.lifecycle.refusals import AlreadyDecided, NotPossible, TooLate
from handoff.models import OPEN, Handoff, State
from leads import lifecycle as leads
from leads.event_kinds import MQL
from leads.events import EventKind
from leads.models import Lead
from lib.compiled_queries import CompiledQuery, Given

# In place of what must be there and may not be known any more.
ERASED_WORDS: Final = "(erased)"


class Move(NamedTuple):
    """One transition: the states it starts from (none: a new row), where it ends (empty: as it was), its event."""

    starts: tuple[str, ...]
    ends: str
    event: EventKind


TRANSITIONS: Final[dict[str, Move]] = {
    "open_handoff": Move((), State.READY, MQL),
    "open_for_review": Move((), State.IN_REVIEW, MQL),
    "approve": Move((State.IN_REVIEW,), State.READY, event_kinds.APPROVED),
    "pass_to_sales": Move((State.READY,), State.WAITING, event_kinds.PASSED),
    "accept": Move((State.WAITING,), State.ACCEPTED, event_kinds.ACCEPTED),
    "reject": Move((State.WAITING,), State.REJECTED, event_kinds.REJECTED),
    "breach": Move((State.WAITING,), State.BREACHED, event_kinds.BREACHED),
    "qualify": Move((State.ACCEPTED,), State.QUALIFIED, event_kinds.QUALIFIED),
    "disqualify": Move((State.ACCEPTED,), State.DISQUALIFIED, event_kinds.DISQUALIFIED),
    "recycle": Move((State.ACCEPTED,), State.RECYCLED, event_kinds.RECYCLED),
    "reassign": Move((State.WAITING, State.ACCEPTED), "", event_kinds.REASSIGNED),
    "move_deadline": Move((State.WAITING,), "", event_kinds.DEADLINE_MOVED),
    "go_on": Move((), State.READY, event_kinds.FORWARDED),
    "take_back": Move((), State.READY, event_kinds.TAKEN_BACK),
    "withdraw": Move(OPEN, State.WITHDRAWN, event_kinds.WITHDRAWN),
    "let_go": Move((State.READY,), State.WITHDRAWN, event_kinds.WITHDRAWN),
    "close_with_lead": Move(OPEN, State.WITHDRAWN, event_kinds.WITHDRAWN),
}


LEAD_OF_IT: Final = CompiledQuery(
    lambda: leads.locked(Handoff.objects.filter(pk=Given("handoff_id")).order_by().values("lead_id"))
)
AS_IT_STANDS: Final = CompiledQuery(
    lambda: Handoff.objects.select_related("policy", "assignee", "decided_by").filter(pk=Given("handoff_id"))
)


def lock(handoff_id: int) -> tuple[Lead, Handoff]:
    """The locked lead and its handoff as it stands now that nobody else can move it."""
    lead = LEAD_OF_IT.get(handoff_id=handoff_id)
    handoff = AS_IT_STANDS.get(handoff_id=handoff_id)
    handoff.lead = lead
    return lead, handoff


def move(handoff: Handoff, name: str, guard: Q | None = None, /, **columns: object) -> None:
    """Claims the handoff and writes the columns that change with its state, or says who was first."""
    step = TRANSITIONS[name]
    columns = {"state": step.ends, **columns} if step.ends else columns
    claim = Handoff.objects.filter(guard or Q(), pk=handoff.pk, state__in=step.starts)
    if not claim.update(**columns):
        handoff.refresh_from_db()
        raise refusal(handoff, step)
    for column, value in columns.items():
        setattr(handoff, column, value)


def refusal(handoff: Handoff, step: Move) -> NotPossible:
    """Why the claim got nothing: the clock, somebody who was first, or it has not come so far."""
    if step.ends in (State.ACCEPTED, State.REJECTED) and handoff.state in (State.WAITING, State.BREACHED):
        return TooLate(handoff)
    if handoff.state in (State.IN_REVIEW, State.READY, State.WAITING):
        return NotPossible(str(handoff.state_choice.facts.refusal))
    return AlreadyDecided(handoff)


def empty_words(handoff: Handoff) -> None:
    """Takes the words about the person out of a handoff, for an erasure: what they said, and why, but no moment and
    no point. The four that make an SQL have to be there (a constraint), so each is replaced."""
    for line in handoff.receipt.get("lines", []):
        line["detail"] = ""
    handoff.timeline = ERASED_WORDS if handoff.timeline else ""
    handoff.budget = ERASED_WORDS if handoff.budget else ""
    handoff.problem = ERASED_WORDS if handoff.problem else ""
    handoff.involved = ERASED_WORDS if handoff.involved else ""
    handoff.reason_text = handoff.routed_because = ""
    handoff.save(
        update_fields=["receipt", "timeline", "budget", "problem", "involved", "reason_text", "routed_because"]
    )
