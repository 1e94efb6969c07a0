"""The doors to one segment or list, one mail and one sequence: marketing and administrators write them."""

import uuid
from typing import Literal, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.roles import EDITING
from nurture.models import Mail, Segment, Sequence

To = Literal["view", "edit"]
Thing = TypeVar("Thing", Mail, Segment, Sequence)


def access_segment(user: User, public_id: uuid.UUID, *, to: To = "view") -> Segment:
    """The segment this person may look at or change; raises Http404 or PermissionDenied."""
    return _access(Segment.objects.select_related("created_by"), user, public_id, to)


def access_mail(user: User, public_id: uuid.UUID, *, to: To = "view") -> Mail:
    """The mail this person may look at or change; raises Http404 or PermissionDenied."""
    mails = Mail.objects.select_related("purpose", "changed_by", "approved__approved_by", "approved__purpose")
    return _access(mails, user, public_id, to)


def access_sequence(user: User, public_id: uuid.UUID, *, to: To = "view") -> Sequence:
    """The sequence this person may look at or change; raises Http404 or PermissionDenied."""
    return _access(Sequence.objects.select_related("segment"), user, public_id, to)


def _access(things: QuerySet[Thing], user: User, public_id: uuid.UUID, to: To) -> Thing:
    thing: Thing = get_object_or_404(things, public_id=public_id)
    if to == "edit" and not may_edit(user):
        raise PermissionDenied
    return thing


def may_edit(user: User) -> bool:
    """Whether the person may make, change and delete segments and lists, and write mails and sequences."""
    return user.has_role(*EDITING)
