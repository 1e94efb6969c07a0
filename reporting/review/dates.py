"""When the criteria are to be reviewed: so many months after they came into force, or after their last review."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from reporting.models import CriteriaReview, ReviewPolicy
from reporting.periods import months_later, today
from scoring.engine.definition import in_force
from scoring.models import Criteria


@dataclass(frozen=True, slots=True)
class Due:
    """The next review of the criteria in force: counted from when, and due on which day of the organisation."""

    criteria: Criteria
    since: datetime
    due_on: date
    is_due: bool


def next_review(*, now: datetime) -> Due | None:
    """The review that comes next; None while no criteria are in force."""
    criteria = in_force()
    if criteria is None or criteria.published_at is None:
        return None
    last = CriteriaReview.objects.filter(criteria=criteria).order_by("-decided_at").first()
    since = last.decided_at if last else criteria.published_at
    due_on = months_after(today(since), ReviewPolicy.current().months)
    return Due(criteria, since, due_on, is_due=due_on <= today(now))


def months_after(day: date, months: int) -> date:
    """The same day so many months later; where that month is too short for it, its last."""
    first = months_later(day, months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
