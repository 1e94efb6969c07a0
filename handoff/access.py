"""The door to one handoff: 404 when it is not visible, 403 when it may be seen but not decided."""

import uuid
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.roles import MANAGING, SALES_MANAGER
from handoff.models import Handoff


def access_handoff(user: User, public_id: uuid.UUID, to: Literal["view", "decide", "withdraw"] = "view") -> Handoff:
    """The handoff this person may look at, decide or take back; raises Http404 or PermissionDenied.

    The rep it was passed to decides, or a sales manager; marketing and managers may take it back.
    """
    handoff = get_object_or_404(
        Handoff.objects.visible_to(user).select_related(
            "lead__company", "assignee", "criteria", "reason", "decided_by"
        ),
        public_id=public_id,
    )
    if to == "decide" and not (handoff.assignee_id == user.pk or user.has_role(SALES_MANAGER)):
        raise PermissionDenied
    if to == "withdraw" and not user.has_role(*MANAGING):
        raise PermissionDenied
    return handoff
