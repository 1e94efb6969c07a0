"""What the pages of the queue share: what a person may answer, and whether it is too late."""

from datetime import datetime

from accounts.models import User
from handoff.access import may
from handoff.models import Handoff
from handoff.views.decisions.ways import ANSWERS, DECISIONS, Decision


def choices_of(user: User, handoff: Handoff, *, now: datetime) -> list[Decision]:
    """What this person may do with the handoff as it stands."""
    if is_overdue(handoff, now=now):
        return []
    return [one for one in DECISIONS if handoff.state in one.starts and may(user, handoff, one.door)]


def answers_of(user: User, handoff: Handoff, *, now: datetime) -> list[Decision]:
    """The same, without what marketing does: the buttons of a row of the queue."""
    return [one for one in choices_of(user, handoff, now=now) if one in ANSWERS]


def is_overdue(handoff: Handoff, *, now: datetime) -> bool:
    """Whether the time to answer is over and only the sweeper has not been there yet."""
    return handoff.is_waiting and handoff.respond_by is not None and handoff.respond_by <= now
