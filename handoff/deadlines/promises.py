"""Both sides of the agreement, measured from what happened: marketing passes in time, sales answers in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Q

from handoff.deadlines.answer_times import ANSWERED, median_answer_time
from handoff.models import Handoff, State
from lib.medians import Median, span

PERIOD: Final = timedelta(days=30)
# The daily pass takes its time, and so does the sweeper that starts it: that is not marketing's being late.
GRACE: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Punctuality:
    """One side's promise: how many were kept, broken, and are neither yet; the median time it took.

    `moved`: of how many somebody moved the deadline.
    """

    in_time: int
    late: int
    waiting: int
    median: timedelta | None
    moved: int = 0

    @property
    def decided(self) -> int:
        """Those of which it is known."""
        return self.in_time + self.late


def passed(*, since: datetime, until: datetime, now: datetime) -> Punctuality:
    """Marketing's side: of the leads that became MQLs in the period, how many were passed by `pass_by`.

    One that still waits is late as soon as its time is over; one that was withdrawn before it was passed does not
    count. Leads that went on from another rep, or were taken back, had been passed before.
    """
    opened = Handoff.objects.filter(
        origin=Handoff.Origin.PROMOTED, pass_by__isnull=False, opened_at__gte=since, opened_at__lt=until
    )
    waits = Q(state__in=(State.IN_REVIEW, State.READY))
    row = opened.aggregate(
        in_time=Count("pk", filter=Q(passed_at__lte=F("pass_by") + GRACE)),
        late=Count("pk", filter=Q(passed_at__gt=F("pass_by") + GRACE) | waits & Q(pass_by__lt=now - GRACE)),
        waiting=Count("pk", filter=waits & Q(pass_by__gte=now - GRACE)),
        median=Median(span("opened_at", "passed_at"), filter=Q(passed_at__isnull=False)),
    )
    return Punctuality(**row)


def answered(*, since: datetime, until: datetime, now: datetime) -> Punctuality:
    """Sales' side: of the leads passed in the period, how many were accepted or rejected by `respond_by`.

    One that was not answered is late from its deadline on, whether the sweeper has seen it or not; one that was
    withdrawn before does not count.
    """
    row = Handoff.objects.filter(passed_at__gte=since, passed_at__lt=until).aggregate(
        in_time=Count("pk", filter=ANSWERED),
        late=Count("pk", filter=Q(state=State.BREACHED) | Q(state=State.WAITING, respond_by__lte=now)),
        waiting=Count("pk", filter=Q(state=State.WAITING, respond_by__gt=now)),
        median=median_answer_time(ANSWERED),
        moved=Count("pk", filter=Q(deadline_moved_at__isnull=False)),
    )
    return Punctuality(**row)
