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


def _to_sign(role: str) -> home.Tell[Need]:
    """Versions that are proposed and not signed for this role's side; who signed for the other may not."""

    def needs(user: User, now: datetime) -> Iterator[Need]:
        unsigned = Criteria.objects.filter(state=Criteria.State.PROPOSED)
        unsigned = unsigned.exclude(signatures__side=SIDES[role]).exclude(signatures__user=user)
        for version in unsigned.order_by("number"):
            yield Need(
                text=_("Version %(number)s of the criteria is to be signed.") % {"number": version.number},
                url=reverse("scoring:version", args=[version.number]),
                icon="flag",
                meaning="soon",
            )

    return needs


def _published(user: User, now: datetime) -> Iterator[Story]:
    recent = Criteria.objects.filter(published_at__gte=now - LATELY, is_shipped=False)
    for version in recent.order_by("-number"):
        yield Story(
            at=version.published_at or now,  # which it has
            text=_("Version %(number)s of the criteria came into force.") % {"number": version.number},
            url=reverse("scoring:version", args=[version.number]),
        )


home.offer(Part(role=MARKETING, order=20, needs=_to_sign(MARKETING), lately=_published))
home.offer(Part(role=SALES_MANAGER, order=30, needs=_to_sign(SALES_MANAGER), lately=_published))
home.offer(Part(role=SALES_REP, order=30, lately=_published))
