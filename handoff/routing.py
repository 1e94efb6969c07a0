"""Who gets the next lead: the least loaded of those who are in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import User
from accounts.roles import SALES_REP
from handoff.models import OPEN, Handoff, Rep
from leads.models import Lead

NEVER = datetime.min.replace(tzinfo=UTC)


class Load(NamedTuple):
    """Compared from left to right: share of the capacity in use, when they last got a lead, the key."""

    share: Fraction
    last_passed_at: datetime
    user_id: int


def reps_in(*, now: datetime) -> QuerySet[Rep]:
    """Active sales reps who take leads now."""
    here = Q(away_until=None) | Q(away_until__lte=now)
    return Rep.objects.filter(here, user__in=User.objects.in_role(SALES_REP)).order_by("pk")


def choose_rep(lead: Lead, *, now: datetime) -> User | None:
    """The rep with the least open handoffs / capacity; of equals who waited longest. None: nobody is in.

    Call it in the transaction that passes the lead, after all its lead locks: it locks the reps until the
    commit, so that of two passes at once the second counts the first and a burst is spread fairly.
    """
    reps = {
        rep.pk: rep
        for rep in reps_in(now=now).select_related("user").select_for_update(no_key=True, of=("self",))
    }
    least = min(_loads(reps.values()), default=None)
    return reps[least.user_id].user if least else None


def _loads(reps: Iterable[Rep]) -> list[Load]:
    capacities = {rep.pk: rep.capacity for rep in reps}
    # A statement of its own: it has to see what was committed while the lock was waited for.
    counted = Handoff.objects.filter(assignee__in=capacities).order_by().values("assignee")
    rows = {
        row["assignee"]: row
        for row in counted.annotate(open=Count("pk", filter=Q(state__in=OPEN)), last=Max("passed_at"))
    }
    return [
        Load(
            share=Fraction(rows[pk]["open"], capacity) if pk in rows else Fraction(0),
            last_passed_at=rows[pk]["last"] if pk in rows else NEVER,
            user_id=pk,
        )
        for pk, capacity in capacities.items()
    ]
