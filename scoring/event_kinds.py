"""The kinds of events by which a person changes a score."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.events import EventKind, register
from leads.models import LeadEvent
from lib.moments import until_words
from lib.numbers import signed


class PointsByHand(TypedDict):
    """How many points, and until when (a moment in ISO 8601)."""

    points: int
    until: str


def _points(event: LeadEvent) -> Iterable[str]:
    data: PointsByHand = event.data
    words = ngettext("%(points)s point", "%(points)s points", abs(data["points"]))
    yield words % {"points": signed(data["points"])}


def _points_until(event: LeadEvent) -> Iterable[str]:
    data: PointsByHand = event.data
    yield from _points(event)
    yield _("until %(moment)s") % {"moment": until_words(datetime.fromisoformat(data["until"]))}


GIVEN_BY_HAND: Final = register(
    EventKind(
        key="score.given_by_hand",
        label=gettext_lazy("Points by hand"),
        sentence=gettext_lazy("The score was changed by hand."),
        icon="edit",
        facts=_points_until,
        public=("points", "until"),
    )
)
TAKEN_BACK: Final = register(
    EventKind(
        key="score.taken_back",
        label=gettext_lazy("Points by hand taken back"),
        sentence=gettext_lazy("Points given by hand were taken back."),
        icon="return",
        facts=_points,
        public=("points", "until"),
    )
)
