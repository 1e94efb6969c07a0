"""Where people stand: here, invited, or gone."""

from enum import StrEnum
from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from lib.sorting import as_people_sort


class Standing(StrEnum):
    """Of a person, in the order of the list."""

    ACTIVE = "active"
    INVITED = "invited"
    LEFT = "left"


def standing_of(user: User) -> Standing:
    """Where the person stands. Asks the database for the invitation, unless it was read with the person."""
    if user.is_active:
        return Standing.ACTIVE
    invitation = getattr(user, "invitation", None)
    return Standing.INVITED if invitation and invitation.is_open else Standing.LEFT


_AWAITED: Final = Q(invitation__isnull=False, invitation__accepted_at=None, invitation__revoked_at=None)


def everybody() -> QuerySet[User]:
    """All people, with invitation and capacity; those who are here first, then who is waited for."""
    place = Case(
        When(is_active=True, then=Value(0)),
        When(_AWAITED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    people = User.objects.select_related("invitation", "rep").annotate(place=place)
    return people.order_by("place", as_people_sort("name"), "email")


def awaited() -> QuerySet[User]:
    """Who is invited and has not come in yet, the newest invitation first."""
    people = User.objects.filter(_AWAITED, is_active=False).select_related("invitation", "rep")
    return people.order_by("-invitation__invited_at", "pk")
