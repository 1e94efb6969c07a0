"""Says who a visitor is. What the visitor did before goes through the door as the lead's, a moment later.

Whoever calls this may hold leads: it inserts rows and waits for nobody (docs/connect.md, "Who a visitor is").
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from capture.models import Identification, JoinRequest
from capture.tracking.visitors import identifications_of, in_force
from lib.hints import send_hint

State = Identification.State


class Decided(Exception):
    """Somebody has decided about this claim already, or it was proved meanwhile."""


@transaction.atomic
def identify(
    *,
    visitor_id: int,
    lead_id: int,
    is_verified: bool,
    now: datetime,
    at: datetime | None = None,
    claimed: Mapping[str, object] | None = None,
) -> None:
    """The visitor is that lead, from `at` on (now, unless said) and before anybody else was named.

    Verified: what the visitor did is the lead's. Else it waits as a candidate, which a person decides about, or until
    the same is verified. Saying again who it is anyway changes nothing.
    """
    at = min(at or now, now)
    before = in_force(identifications_of([visitor_id]).get(visitor_id, []), at)
    if before is not None and before.lead_id == lead_id:
        if is_verified and not before.is_verified:
            _prove(before, now=now)
        return
    join(visitor_id=visitor_id, lead_id=lead_id, is_joined=is_verified, is_verified=is_verified, at=at, now=now,
         claimed=claimed or {})  # fmt: skip


def join(
    *,
    visitor_id: int,
    lead_id: int,
    is_joined: bool,
    is_verified: bool,
    at: datetime,
    now: datetime,
    claimed: Mapping[str, object],
) -> None:
    """Records whose the visitor is, or is said to be, and asks for what it did."""
    Identification.objects.create(
        visitor_id=visitor_id,
        lead_id=lead_id,
        at=at,
        state=State.ATTRIBUTED if is_joined else State.CANDIDATE,
        is_verified=is_verified,
        claimed=dict(claimed),
        recorded_at=now,
    )
    _request(visitor_id, now=now)


@transaction.atomic
def confirm(*, identification_id: int, actor: User, now: datetime) -> None:
    """A person says that it is the lead: what the visitor did is the lead's. Raises Decided."""
    _decide(identification_id, state=State.ATTRIBUTED, actor=actor, now=now)


@transaction.atomic
def drop(*, identification_id: int, actor: User, now: datetime) -> None:
    """A person says that it is not: the visitor is whom it was before that was claimed, or nobody. Raises Decided."""
    _decide(identification_id, state=State.DROPPED, actor=actor, now=now)


def _decide(identification_id: int, *, state: State, actor: User, now: datetime) -> None:
    waiting = Identification.objects.filter(pk=identification_id, state=State.CANDIDATE)
    is_verified = state == State.ATTRIBUTED
    if not waiting.update(state=state, is_verified=is_verified, decided_at=now, decided_by=actor):
        raise Decided
    _request(Identification.objects.values_list("visitor", flat=True).get(pk=identification_id), now=now)


def _prove(identification: Identification, *, now: datetime) -> None:
    Identification.objects.filter(pk=identification.pk).exclude(state=State.DROPPED).update(
        state=State.ATTRIBUTED, is_verified=True
    )
    _request(identification.visitor_id, now=now)


def _request(visitor_id: int, *, now: datetime) -> None:
    JoinRequest.objects.create(visitor_id=visitor_id, made_at=now, due_at=now)
    transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tells a worker that visitors have to be joined; a hint that is lost costs one sweep."""
    send_hint("capture.tasks.join_visitors")
