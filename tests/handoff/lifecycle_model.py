"""A lead and its handoffs in plain Python, as docs/lifecycle.md tells it; what tests compare the real ones with.

Nothing here is read from the code that is tested: the tables are written out a second time.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import IntegrityError

from handoff.lifecycle.transitions import AlreadyDecided, NotPossible, TooLate

OPEN: Final = ("in_review", "ready", "waiting", "accepted")
NOT_WITH_SALES_YET: Final = ("in_review", "ready", "waiting")
RETURNED: Final = ("rejected", "recycled", "breached")
# What an open handoff says of its lead.
STATUS: Final = {
    "in_review": "awaiting_review",
    "ready": "awaiting_review",
    "waiting": "awaiting_sales",
    "accepted": "working",
}
Refusal = type[Exception] | None


@dataclass(kw_only=True)
class Baton:
    """One handoff."""

    pk: int
    state: str
    on_breach: str
    hops: int = 0
    holder: int | None = None
    respond_by: datetime | None = None
    is_contacted: bool = False
    # Since when somebody is looked for who takes a lead that goes on.
    looked_since: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.respond_by is not None and self.respond_by <= now

    def refuses(self, *starts: str) -> Refusal:
        """A decision that starts elsewhere: not so far yet, or somebody was first."""
        if self.state in starts:
            return None
        return NotPossible if self.state in NOT_WITH_SALES_YET else AlreadyDecided

    def refuses_answer(self, now: datetime) -> Refusal:
        if self.state == "breached" or (self.state == "waiting" and self.is_due(now)):
            return TooLate
        return self.refuses("waiting")

    def refuses_breach(self, now: datetime) -> Refusal:
        return NotPossible if self.state == "waiting" and not self.is_due(now) else self.refuses("waiting")

    def refuses_contact(self) -> Refusal:
        if self.state == "waiting":
            return NotPossible
        return None if self.state in ("accepted", "qualified") else AlreadyDecided

    def refuses_another_deadline(self, due: datetime, now: datetime) -> Refusal:
        if self.state == "waiting" and (self.is_due(now) or due <= now):
            return NotPossible
        return self.refuses("waiting")

    def refuses_reassign(self, to: int, *, by_program: bool, to_manager: bool) -> Refusal:
        if self.holder == to or (by_program and not to_manager and self.hops == 3):
            return NotPossible
        return self.refuses("waiting", "accepted")


@dataclass(kw_only=True)
class Person:
    """A lead with all its handoffs, the latest last."""

    pk: int
    stage: str = "lead"
    status: str = "new"
    mql_count: int = 0
    recycle_count: int = 0
    has_deal: bool = False
    batons: list[Baton] = field(default_factory=list)

    @property
    def open(self) -> Baton | None:
        return next((baton for baton in self.batons if baton.state in OPEN), None)

    def refuses_opening(self) -> Refusal:
        if self.open is not None:
            return IntegrityError
        return None if self.status in ("new", "nurturing", "recycled") else NotPossible

    def refuses_taking_back(self, baton: Baton) -> Refusal:
        if baton.state not in RETURNED:
            return baton.refuses()
        is_latest = self.batons[-1] is baton
        return None if is_latest and self.status == "recycled" else NotPossible

    def opened(self, baton: Baton) -> None:
        self.batons.append(baton)
        self.stage, self.status, self.mql_count = "mql", "awaiting_review", self.mql_count + 1

    def passed(self, baton: Baton, *, to: int, respond_by: datetime) -> None:
        baton.state, baton.holder, baton.respond_by = "waiting", to, respond_by
        self.status = "awaiting_sales"

    def accepted(self, baton: Baton, *, by: int) -> None:
        baton.state, baton.holder = "accepted", by
        self.stage, self.status = "sal", "working"

    def qualified(self, baton: Baton) -> None:
        baton.state = "qualified"
        self.stage = self.stage if self.stage == "opportunity" else "sql"

    def returned(self, baton: Baton, state: str) -> None:
        baton.state = state
        self.stage, self.status, self.recycle_count = "lead", "recycled", self.recycle_count + 1

    def disqualified(self, baton: Baton) -> None:
        baton.state = "disqualified"
        self.stage, self.status = "lead", "disqualified"

    def withdrawn(self, baton: Baton) -> None:
        baton.state = "withdrawn"
        self.stage, self.status = "lead", "nurturing"

    def went_on(self, baton: Baton, state: str, *, follower: int, now: datetime) -> None:
        """The handoff ended, the run did not."""
        baton.state = state
        self.status = "awaiting_review"
        self.batons.append(
            Baton(pk=follower, state="ready", on_breach=baton.on_breach, hops=baton.hops + 1, looked_since=now)
        )

    def taken_back(self, baton: Baton, *, follower: int, to: int, respond_by: datetime) -> None:
        self.batons.append(Baton(pk=follower, state="ready", on_breach=baton.on_breach, hops=baton.hops))
        self.stage = "mql"
        self.passed(self.batons[-1], to=to, respond_by=respond_by)

    def got_a_deal(self) -> None:
        """A deal ends what sales has not accepted."""
        if self.has_deal or self.stage == "customer":
            return
        self.stage, self.status, self.has_deal = "opportunity", "working", True
        if self.open is not None and self.open.state != "accepted":
            self.open.state = "withdrawn"

    def bought(self) -> None:
        self.stage, self.status = "customer", "converted"
        self._closed_with_lead()

    def was_lost(self) -> None:
        if self.status not in ("lost", "converted"):
            self.status = "lost"
            self._closed_with_lead()

    def _closed_with_lead(self) -> None:
        if self.open is not None:
            self.open.state = "withdrawn"
