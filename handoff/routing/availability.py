"""Who takes leads, who of them is in, and how loaded each is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from accounts.roles import SALES_REP
from handoff.models import Absence, Handoff, Rep
from lib.compiled_queries import CompiledQuery, GivenMoment

FOR_EVER: Final = timedelta(days=1_000_000)
# So long after coming back, or after becoming a rep, a person is not given whatever the others have in advance.
SETTLES_IN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RepAvailability:
    """A rep with what routing weighs. `share` is the part of their room that is taken, 1 when it is full."""

    user: User
    capacity: int
    weight: int
    open: int
    last_passed_at: datetime | None
    out_until: datetime | None
    settled_at: datetime
    now: datetime

    @property
    def is_in(self) -> bool:
        return self.out_until is None

    @property
    def is_settled(self) -> bool:
        return self.settled_at <= self.now

    @property
    def share(self) -> Fraction:
        """Open leads / (capacity x share of new leads), exact, so that equals are equal; the least loaded is chosen."""
        return Fraction(self.open * 100, self.capacity * self.weight)

    @property
    def load(self) -> float:
        """The same as a float, for people to read: 0.5 is half full."""
        return float(self.share)

    @property
    def waited(self) -> timedelta:
        """Since they got a lead last, in proportion to their share of new ones: half a share waits twice as long."""
        return (self.now - self.last_passed_at) * self.weight / 100 if self.last_passed_at else FOR_EVER


def reps_in(*, now: datetime) -> QuerySet[Rep]:
    """Active sales reps who take leads now."""
    return _reps().exclude(Exists(running(now=now).filter(rep=OuterRef("pk")))).order_by("pk")


def running(*, now: datetime) -> QuerySet[Absence]:
    """Absences that last now."""
    return Absence.objects.filter(starts_at__lte=now, ends_at__gt=now)


def availability_of_reps(*, now: datetime) -> list[RepAvailability]:
    """Every active sales rep who takes leads, in and out, in one statement."""
    return [
        RepAvailability(
            user=rep.user,
            capacity=rep.capacity,
            weight=rep.weight,
            open=rep.open,
            last_passed_at=rep.last,
            out_until=rep.out_until,
            settled_at=rep.came + SETTLES_IN,
            now=now,
        )
        for rep in LOADS.rows(now=now)
    ]


def _loads() -> QuerySet[Any]:
    now = GivenMoment("now")
    theirs = Handoff.objects.filter(assignee=OuterRef("pk"), passed_at__isnull=False)
    counted = theirs.open().order_by().values("assignee").annotate(count=Count("pk")).values("count")
    absences = Absence.objects.filter(rep=OuterRef("pk")).order_by().values("rep")
    until = absences.filter(starts_at__lte=now, ends_at__gt=now).annotate(at=Max("ends_at")).values("at")
    back = absences.filter(ends_at__gt=now - SETTLES_IN, ends_at__lte=now).annotate(at=Max("ends_at")).values("at")
    return (
        _reps()
        .select_related("user")
        .annotate(
            open=Coalesce(Subquery(counted), 0),
            last=Subquery(theirs.order_by("-passed_at").values("passed_at")[:1]),
            out_until=Subquery(until),
            came=Greatest("takes_leads_since", Subquery(back)),
        )
        .order_by("pk")
    )


def _reps() -> QuerySet[Rep]:
    return Rep.objects.filter(user__in=User.objects.in_role(SALES_REP))


LOADS: Final = CompiledQuery(_loads)
