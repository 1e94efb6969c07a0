"""What people do with deliveries: send them again, stop them, and see how many were given up."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import User
from accounts.roles import ADMINISTRATOR, SALES_MANAGER
from lib.leases import free
from outbox.models import Delivery
from outbox.news_kinds import GATHERING
from outbox.transports.base import transports


@transaction.atomic
def send_again(chosen: QuerySet[Delivery], *, now: datetime) -> int:
    """Starts over, each message under its old Message-ID; one being sent right now is left alone.

    So is one that a digest which has not gone out yet will tell.
    """
    told_soon = Q(state=Delivery.State.GATHERED, gathered_in__state=Delivery.State.PENDING)
    count = (
        _idle(chosen, now=now)
        .exclude(told_soon)
        .update(
            state=Delivery.State.PENDING,
            # One attempt on a digest: it has gone out once under its Message-ID, so it gathers nothing more.
            attempts=Case(When(kind__in=GATHERING, then=1), default=0),
            next_try_at=now,
            lease_until=None,
            sent_at=None,
            gathered_in=None,
            last_error="",
        )
    )
    for transport in transports():
        transaction.on_commit(transport.hint, robust=True)
    return count


@transaction.atomic
def stop(chosen: QuerySet[Delivery], *, now: datetime) -> int:
    """What is still to be sent is not sent; one being sent right now is left alone. Returns how many were stopped."""
    return to_stop(chosen, now=now).update(state=Delivery.State.STOPPED, lease_until=None)


def sent_when_owed(chosen: QuerySet[Delivery]) -> int:
    """Of a past that is told afterwards: what is still to be sent counts as sent then. Returns how many."""
    owed = chosen.filter(state=Delivery.State.PENDING)
    return owed.update(state=Delivery.State.SENT, attempts=1, sent_at=F("created_at"))


def to_stop(chosen: QuerySet[Delivery], *, now: datetime) -> QuerySet[Delivery]:
    """Which of them can be stopped."""
    return _idle(chosen, now=now).filter(state=Delivery.State.PENDING)


def given_up_for(user: User) -> int:
    """How many messages could not be delivered, for those who can look into it; 0 for everybody else."""
    if not user.has_role(SALES_MANAGER, ADMINISTRATOR):
        return 0
    return Delivery.objects.filter(state=Delivery.State.DEAD).count()


def _idle(chosen: QuerySet[Delivery], *, now: datetime) -> QuerySet[Delivery]:
    return chosen.filter(free(now))
