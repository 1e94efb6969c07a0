"""The door to one handoff: 404 when it is not visible, 403 when it may be seen but not decided."""

import uuid
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.roles import MANAGING, SALES_MANAGER, SALES_REP
from handoff.models import Handoff

Purpose = Literal["view", "take", "decide", "withdraw", "review", "manage"]


def access_handoff(user: User, public_id: uuid.UUID, to: Purpose = "view") -> Handoff:
    """The handoff this person may look at or do something with; raises Http404 or PermissionDenied.

    The rep it was passed to decides, or a sales manager; where anybody may take it, every rep may accept it (`take`),
    and who comes second is told by the domain who was first. Marketing and managers check it and may take it back;
    to give it to somebody else is the sales manager's (`manage`).
    """
    handoff = get_object_or_404(
        Handoff.objects.visible_to(user).select_related(
            "lead__company", "assignee", "criteria", "policy", "reason", "decided_by", "followed_by"
        ),
        public_id=public_id,
    )
    if not may(user, handoff, to):
        raise PermissionDenied
    return handoff


def may(user: User, handoff: Handoff, to: Purpose) -> bool:
    """Whether this person, who sees the handoff, may do that with it."""
    match to:
        case "view":
            return True
        case "take":
            return _holds(user, handoff) or (handoff.is_shared and user.has_role(SALES_REP))
        case "decide":
            return _holds(user, handoff)
        case "withdraw" | "review":
            return user.has_role(*MANAGING)
        case "manage":
            return user.has_role(SALES_MANAGER)


def _holds(user: User, handoff: Handoff) -> bool:
    return handoff.assignee_id == user.pk or user.has_role(SALES_MANAGER)
