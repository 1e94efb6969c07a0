"""Who gets the next lead: the least loaded of those who are in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import SALES_REP
from handoff.models import Handoff, Rep
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
    reps = {rep.pk: rep for rep in reps_in(now=now).select_related("user").select_for_update(no_key=True, of=("self",))}
    least = min(_loads(reps), default=None)
    return reps[least.user_id].user if least else None


def _loads(rep_ids: Iterable[int]) -> list[Load]:
    """In a statement of its own: it has to see what was committed while the lock was waited for."""
    theirs = Handoff.objects.filter(assignee=OuterRef("pk"), passed_at__isnull=False)
    counted = theirs.open().order_by().values("assignee").annotate(count=Count("pk")).values("count")
    reps = Rep.objects.filter(pk__in=list(rep_ids)).annotate(
        open=Coalesce(Subquery(counted), 0),
        last=Subquery(theirs.order_by("-passed_at").values("passed_at")[:1]),
    )
    return [Load(Fraction(rep.open, rep.capacity), rep.last or NEVER, rep.pk) for rep in reps]
