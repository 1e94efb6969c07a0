"""The doors to one lead and to one company: 404 when it is not visible, 403 when it may be seen but not changed."""

import uuid
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.roles import MANAGING
from leads.models import Company, Lead


def access_lead(user: User, public_id: uuid.UUID, *, to: Literal["view", "edit"] = "view") -> Lead:
    """The lead this person may look at or edit; raises Http404 or PermissionDenied."""
    lead = get_object_or_404(
        Lead.objects.visible_to(user).select_related("company", "owner", "first_channel", "last_touch__channel"),
        public_id=public_id,
    )
    if to == "edit" and not may_edit(user, lead):
        raise PermissionDenied
    return lead


def may_edit(user: User, lead: Lead) -> bool:
    """Whether somebody who sees the lead may change it."""
    return user.has_role(*MANAGING) or lead.owner_id == user.pk


def access_company(user: User, public_id: uuid.UUID) -> Company:
    """The company this person may look at and correct; raises Http404. Sales reps have those of their leads, and those
    that are theirs."""
    return get_object_or_404(Company.objects.visible_to(user).select_related("owner"), public_id=public_id)
