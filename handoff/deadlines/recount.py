"""The deadlines of leads that wait, counted anew: their policy or its calendar was changed since they were passed.

A handoff keeps the deadline it was passed with unless a manager chooses this. What is late stays late, and nothing
becomes late by it: where the new count would be over already, the lead keeps the deadline it has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from accounts.models import User
from handoff.deadlines.due_times import Deadlines, deadlines
from handoff.lifecycle.clocks import move_deadline
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff, SlaPolicy, State


@dataclass(frozen=True, slots=True)
class Recount:
    """A lead that waits, and what its policy would give it now."""

    handoff: Handoff
    due: Deadlines

    @property
    def is_later(self) -> bool:
        return self.handoff.respond_by is not None and self.due.respond_by > self.handoff.respond_by


@dataclass(frozen=True, slots=True)
class Difference:
    """Of the leads that wait under one policy: whose deadline would move, and which keep theirs all the same."""

    policy: SlaPolicy
    moves: Sequence[Recount]
    unmoved: Sequence[Recount]

    @property
    def fingerprint(self) -> str:
        """Says whether what somebody looked at is still what would happen."""
        told = [f"{each.handoff.pk} {each.due.respond_by.timestamp()}" for each in self.moves]
        return sha256("\n".join(told).encode()).hexdigest()[:16]


def differences(*, now: datetime) -> list[Difference]:
    """The policies that would give some lead that waits another deadline, in their order."""
    waiting = Handoff.objects.filter(state=State.WAITING, respond_by__gt=now)
    policies = SlaPolicy.objects.filter(pk__in=waiting.values("policy")).select_related("calendar")
    candidates = (_difference(policy, now=now) for policy in policies)
    return [each for each in candidates if each.moves or each.unmoved]


def _difference(policy: SlaPolicy, *, now: datetime) -> Difference:
    """What this policy would change now, most urgent first."""
    waiting = list(
        Handoff.objects.filter(policy=policy, state=State.WAITING, respond_by__gt=now)
        .most_urgent_first()
        .select_related("lead__company", "assignee")
    )
    counted = deadlines(policy, *(handoff.passed_at for handoff in waiting if handoff.passed_at))
    changed = [
        Recount(handoff, due)
        for handoff, due in zip(waiting, counted, strict=True)
        if due.respond_by != handoff.respond_by
    ]
    return Difference(
        policy,
        moves=[each for each in changed if each.due.respond_by > now],
        unmoved=[each for each in changed if each.due.respond_by <= now],
    )


def recount(difference: Difference, *, actor: User, text: str, now: datetime) -> int:
    """Moves the deadlines, each in a transaction of its own. Returns how many. Raises Incomplete without words.

    Who was answered meanwhile, or is late by now, stays as it is.
    """
    moved = 0
    for each in difference.moves:
        try:
            move_deadline(handoff_id=each.handoff.pk, due=each.due, actor=actor, text=text, now=now)
        except NotPossible:
            continue
        moved += 1
    return moved
