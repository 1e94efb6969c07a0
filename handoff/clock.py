"""When an answer is due, and when a rep is warned."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from handoff.models import SlaPolicy

# The shares of the time to answer after which a rep is warned, once each.
HALF: Final = 0.5
NEARLY: Final = 0.9


class Deadlines(NamedTuple):
    """The moments of one handoff's clock, in UTC."""

    half_at: datetime
    nearly_at: datetime
    respond_by: datetime


def deadlines(policy: SlaPolicy, *, passed_at: datetime) -> Deadlines:
    """Elapsed hours are counted in UTC, so that a day with a clock change still has 24."""
    start, span = passed_at.astimezone(UTC), timedelta(hours=policy.hours)
    return Deadlines(start + span * HALF, start + span * NEARLY, start + span)
