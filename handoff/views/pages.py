"""What the pages of the queue share: who may answer, and whether it is too late."""

from datetime import datetime

from accounts.doors import SignedInRequest
from accounts.roles import SALES_MANAGER, SALES_REP
from handoff.models import Handoff

DECIDABLE = ("waiting", "accepted")


def may_answer(request: SignedInRequest, handoff: Handoff) -> bool:
    """Whether buttons are shown. What they may do is for handoff/access.py to say, when they are pressed."""
    if handoff.state not in DECIDABLE:
        return False
    holds = handoff.assignee_id == request.user.pk and request.user.has_role(SALES_REP)
    return holds or request.user.has_role(SALES_MANAGER)


def is_overdue(handoff: Handoff, *, now: datetime) -> bool:
    """Whether the time to answer is over and only the sweeper has not been there yet."""
    return handoff.state == "waiting" and handoff.respond_by is not None and handoff.respond_by <= now
