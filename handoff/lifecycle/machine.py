"""The machine of a handoff: which transitions there are, and the one statement that writes its state.

Every transition is one transaction: lock the lead, then claim the handoff by a conditional UPDATE (zero rows:
somebody was first), then the lead's side through leads/lifecycle.py, which records the event.
"""

from typing import Final, NamedTuple

from django.db.models import Q

from handoff import event_kinds
from handoff.lifecycle.refusals import SENTENCES, AlreadyDecided, NotPossible, TooLate
from handoff.models import OPEN, Handoff
from leads import lifecycle as leads
from leads.event_kinds import MQL
from leads.events import EventKind
from leads.models import Lead


class Move(NamedTuple):
    """One transition: the states it starts from (none: a new row), where it ends (empty: as it was), its event."""

    starts: tuple[str, ...]
    ends: str
    event: EventKind


TRANSITIONS: Final[dict[str, Move]] = {
    "open_handoff": Move((), "ready", MQL),
    "open_for_review": Move((), "in_review", MQL),
    "approve": Move(("in_review",), "ready", event_kinds.APPROVED),
    "pass_to_sales": Move(("ready",), "waiting", event_kinds.PASSED),
    "accept": Move(("waiting",), "accepted", event_kinds.ACCEPTED),
    "reject": Move(("waiting",), "rejected", event_kinds.REJECTED),
    "breach": Move(("waiting",), "breached", event_kinds.BREACHED),
    "qualify": Move(("accepted",), "qualified", event_kinds.QUALIFIED),
    "disqualify": Move(("accepted",), "disqualified", event_kinds.DISQUALIFIED),
    "recycle": Move(("accepted",), "recycled", event_kinds.RECYCLED),
    "reassign": Move(("waiting", "accepted"), "", event_kinds.REASSIGNED),
    "move_deadline": Move(("waiting",), "", event_kinds.DEADLINE_MOVED),
    "go_on": Move((), "ready", event_kinds.FORWARDED),
    "take_back": Move((), "ready", event_kinds.TAKEN_BACK),
    "withdraw": Move(OPEN, "withdrawn", event_kinds.WITHDRAWN),
    "let_go": Move(("ready",), "withdrawn", event_kinds.WITHDRAWN),
    "close_with_lead": Move(OPEN, "withdrawn", event_kinds.WITHDRAWN),
}


def lock(handoff_id: int) -> tuple[Lead, Handoff]:
    """The locked lead and its handoff as it stands now that nobody else can move it."""
    lead = leads.locked(list(Handoff.objects.filter(pk=handoff_id).values_list("lead_id", flat=True))).get()
    handoff = Handoff.objects.select_related("policy", "assignee", "decided_by").get(pk=handoff_id)
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
    if step.ends in ("accepted", "rejected") and handoff.state in ("waiting", "breached"):
        return TooLate(handoff)
    if handoff.state in ("in_review", "ready", "waiting"):
        return NotPossible(str(SENTENCES[handoff.state]))
    return AlreadyDecided(handoff)
