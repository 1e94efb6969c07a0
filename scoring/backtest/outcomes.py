"""What became of leads: the closed ones, each with the last moment at which its outcome was not known yet.

- Won: it became a customer, at the moment of that event.
- Not won: the deal was lost or sales disqualified it, and nothing has moved it on since; at the moment of that event.
- Not won, by time: it came in at least so many days ago and is neither of these nor with sales now; at the moment at
  which these days were over. Asked for 0 days, no lead is closed by time.

All others are open: nobody knows yet, so they are counted and left out. Decisions are read from the recorded events.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    QuerySet,
    Value,
)

from leads.event_kinds import CUSTOMER, CUSTOMER_SINCE
from leads.lifecycle import kinds_into
from leads.models import Lead, LeadEvent, Status

DAYS: Final = 180
CHOICES: Final = (90, 180, 365, 0)
# Of more the newest are taken: they say most about what holds now, and the answer stays quick.
MOST: Final = 50_000
WITH_SALES: Final = (Status.AWAITING_REVIEW, Status.AWAITING_SALES, Status.WORKING)
DECIDED: Final = (Status.LOST, Status.DISQUALIFIED, Status.CONVERTED)
MICROSECOND: Final = timedelta(microseconds=1)


class Closed(NamedTuple):
    """A lead whose outcome is known; `before` is the last moment at which it was not."""

    lead_id: int
    before: datetime
    is_won: bool


class Outcomes(NamedTuple):
    """The closed leads in the order of their keys, and how many leads there are of each kind."""

    closed: list[Closed]
    won: int
    lost: int
    unsold: int
    # Nobody knows yet.
    open: int

    @property
    def left_out(self) -> int:
        """Closed leads beyond the newest MOST."""
        return self.won + self.lost + self.unsold - len(self.closed)


# Rows of (key of the lead, moment, whether it was won), of events or of leads.
Decided = QuerySet[Any, tuple[int, datetime, bool]]


def outcomes(*, days: int, now: datetime) -> Outcomes:
    """Every closed lead, or of many the MOST that closed last; five statements."""
    won, lost, unsold = _won(), _lost(), _unsold(days=days, now=now)
    counts = [rows.count() for rows in (won, lost, unsold)]
    newest = won.union(lost, unsold, all=True).order_by("-closed_at", "-who")[:MOST]
    closed = sorted(Closed(who, closed_at - MICROSECOND, is_won) for who, closed_at, is_won in newest)
    return Outcomes(closed, counts[0], counts[1], counts[2], max(0, Lead.objects.count() - sum(counts)))


def _won() -> Decided:
    """The last word counts on when it bought first."""
    known_otherwise = LeadEvent.objects.filter(lead=OuterRef("lead"), kind=CUSTOMER_SINCE.key, pk__gt=OuterRef("pk"))
    bought = LeadEvent.objects.filter(~Exists(known_otherwise), kind__in=(CUSTOMER.key, CUSTOMER_SINCE.key))
    return _decided(bought, is_won=True)


def _lost() -> Decided:
    """Events are compared by the order of their recording: a deal may be recorded long after it was lost."""
    later = LeadEvent.objects.filter(lead=OuterRef("lead"), pk__gt=OuterRef("pk"))
    moved_on = later.exclude(to_status__in=("", Status.LOST, Status.DISQUALIFIED))
    closing = kinds_into(Status.LOST, Status.DISQUALIFIED)
    return _decided(LeadEvent.objects.filter(~Exists(moved_on), kind__in=closing), is_won=False)


def _decided(events: QuerySet[LeadEvent], *, is_won: bool) -> Decided:
    """One row a lead: its key, the moment, the outcome."""
    rows = events.order_by().values(who=F("lead_id")).annotate(closed_at=Min("at"), is_won=_flag(is_won=is_won))
    return rows.values_list("who", "closed_at", "is_won")


def _unsold(*, days: int, now: datetime) -> Decided:
    waited = timedelta(days=days)
    leads = Lead.objects.order_by().filter(customer_at=None, created_at__lte=now - waited)
    leads = leads.exclude(status__in=(*WITH_SALES, *DECIDED))
    closed_at = ExpressionWrapper(F("created_at") + Value(waited), output_field=DateTimeField())
    rows = leads.annotate(who=F("pk"), closed_at=closed_at, is_won=_flag(is_won=False))
    return (rows if days else rows.none()).values_list("who", "closed_at", "is_won")


def _flag(*, is_won: bool) -> Value:
    return Value(is_won, output_field=BooleanField())
