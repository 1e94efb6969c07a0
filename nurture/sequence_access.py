"""The door to one sequence: everybody reads them, marketing and administrators write them."""

import uuid
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from nurture.access import may_edit
from nurture.models import Sequence


def access_sequence(user: User, public_id: uuid.UUID, *, to: Literal["view", "edit"] = "view") -> Sequence:
    """The sequence this person may look at or change; raises Http404 or PermissionDenied."""
    sequence = get_object_or_404(Sequence.objects.select_related("segment"), public_id=public_id)
    if to == "edit" and not may_edit(user):
        raise PermissionDenied
    return sequence
