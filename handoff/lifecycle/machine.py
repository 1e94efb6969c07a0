"""The machine of a handoff: which transitions there are, and the one statement that writes its state.

Every transition is one transaction: lock the lead, then claim the handoff by a conditional UPDATE (zero rows:
somebody was first), then the lead's side through leads/lifecycle.py, which records the event.
"""

from typing import Any, Final, NamedTuple

from django.db.models import Q

from handoff.lifecycle.refusals import SENTENCES, AlreadyDecided, NotPossible, TooLate
from handoff.models import OPEN, Handoff
from leads import lifecycle as leads
from leads.models import Lead


class Move(NamedTuple):
    """One transition: the states it starts from (none: a new row), where it ends (empty: as it was), its event."""

    starts: tuple[str, ...]
    ends: str
    event: str


TRANSITIONS: Final[dict[str, Move]] = {
    "open_handoff": Move((), "ready", "lead.mql"),
    "open_for_review": Move((), "in_review", "lead.mql"),
    "approve": Move(("in_review",), "ready", "handoff.approved"),
    "pass_to_sales": Move(("ready",), "waiting", "handoff.passed"),
    "accept": Move(("waiting",), "accepted", "handoff.accepted"),
    "reject": Move(("waiting",), "rejected", "handoff.rejected"),
    "breach": Move(("waiting",), "breached", "handoff.breached"),
    "qualify": Move(("accepted",), "qualified", "handoff.qualified"),
    "disqualify": Move(("accepted",), "disqualified", "handoff.disqualified"),
    "recycle": Move(("accepted",), "recycled", "handoff.recycled"),
    "reassign": Move(("waiting", "accepted"), "", "handoff.reassigned"),
    "move_deadline": Move(("waiting",), "", "handoff.deadline_moved"),
    "go_on": Move((), "ready", "handoff.forwarded"),
    "take_back": Move((), "ready", "handoff.taken_back"),
    "withdraw": Move(OPEN, "withdrawn", "handoff.withdrawn"),
    "let_go": Move(("ready",), "withdrawn", "handoff.withdrawn"),
    "close_with_lead": Move(OPEN, "withdrawn", "handoff.withdrawn"),
}


def lock(handoff_id: int) -> tuple[Lead, Handoff]:
    """The locked lead and its handoff as it stands now that nobody else can move it."""
    lead = leads.locked(list(Handoff.objects.filter(pk=handoff_id).values_list("lead_id", flat=True))).get()
    handoff = Handoff.objects.select_related("policy", "assignee", "decided_by").get(pk=handoff_id)
    handoff.lead = lead
    return lead, handoff


def move(handoff: Handoff, name: str, guard: Q | None = None, /, **columns: Any) -> None:
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
