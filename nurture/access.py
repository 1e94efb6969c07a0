"""The doors to one segment or list, which everybody reads, and to one mail; marketing and administrators write them."""

import uuid
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.roles import EDITING
from nurture.models import Mail, Segment


def access_segment(user: User, public_id: uuid.UUID, *, to: Literal["view", "edit"] = "view") -> Segment:
    """The segment this person may look at or change; raises Http404 or PermissionDenied."""
    segment = get_object_or_404(Segment.objects.select_related("created_by"), public_id=public_id)
    if to == "edit" and not may_edit(user):
        raise PermissionDenied
    return segment


def access_mail(user: User, public_id: uuid.UUID, *, to: Literal["view", "edit"] = "view") -> Mail:
    """The mail this person may look at or change; raises Http404 or PermissionDenied."""
    mails = Mail.objects.select_related("purpose", "changed_by", "approved__approved_by", "approved__purpose")
    mail = get_object_or_404(mails, public_id=public_id)
    if to == "edit" and not may_edit(user):
        raise PermissionDenied
    return mail


def may_edit(user: User) -> bool:
    """Whether the person may make, change and delete segments and lists, and write mails."""
    return user.has_role(*EDITING)
