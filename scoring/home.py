"""What the home page says of the criteria."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import home
from accounts.home import Need, Part, Story
from accounts.models import User
from accounts.roles import MARKETING, SALES_MANAGER, SALES_REP
from scoring.models import Criteria, Signature

LATELY: Final = timedelta(days=30)
SIDES: Final = {MARKETING: Signature.Side.MARKETING, SALES_MANAGER: Signature.Side.SALES}


def _proposed(role: str) -> home.Tell[Need]:
    """Versions to sign for this role's side, unless the person signed for the other, and to put into force."""

    def needs(user: User, now: datetime) -> Iterator[Need]:
        proposed = Criteria.objects.filter(state=Criteria.State.PROPOSED).prefetch_related("signatures")
        for version in proposed.order_by("number"):
            if sentence := _owed(version, side=SIDES[role], user=user):
                yield Need(
                    text=sentence % {"number": version.number},
                    url=reverse("scoring:version", args=[version.number]),
                    icon="flag",
                    meaning="soon",
                )

    return needs


def _owed(version: Criteria, *, side: str, user: User) -> str:
    """What has to be done with a proposed version, as a sentence; empty where others have to do it."""
    if not version.missing_sides:
        return _("Version %(number)s of the criteria is signed by both sides and can be put into force.")
    if any(side == signature.side or user.pk == signature.user_id for signature in version.signatures.all()):
        return ""
    return _("Version %(number)s of the criteria is to be signed.")


def _published(user: User, now: datetime) -> Iterator[Story]:
    recent = Criteria.objects.filter(published_at__gte=now - LATELY, is_shipped=False)
    for version in recent.order_by("-number"):
        yield Story(
            at=version.published_at or now,  # which it has
            text=_("Version %(number)s of the criteria came into force.") % {"number": version.number},
            url=reverse("scoring:version", args=[version.number]),
        )


home.offer(Part(role=MARKETING, order=20, needs=_proposed(MARKETING), lately=_published))
home.offer(Part(role=SALES_MANAGER, order=30, needs=_proposed(SALES_MANAGER), lately=_published))
home.offer(Part(role=SALES_REP, order=30, lately=_published))
