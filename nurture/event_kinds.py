"""The kinds of events by which a lead enters and leaves segments and lists."""

from collections.abc import Iterable
from typing import Final, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.events import EventKind, register
from leads.models import LeadEvent


class InSegment(TypedDict):
    """Which segment it was, with its name as it was then."""

    segment: str
    # Empty after an erasure: a name can tell something about who is in it.
    name: str
    is_list: bool


def _which(event: LeadEvent) -> Iterable[str]:
    data: InSegment = event.data
    if data["name"]:
        words = _("list “%(name)s”") if data["is_list"] else _("segment “%(name)s”")
        yield words % {"name": data["name"]}


ENTERED: Final = register(
    EventKind(
        key="nurture.entered",
        label=gettext_lazy("Entered a segment or list"),
        sentence=gettext_lazy("The lead entered a segment or a list."),
        icon="plus",
        meaning="",
        facts=_which,
        public=("segment", "name"),
        personal=("name",),
        is_computed=True,
    )
)
LEFT: Final = register(
    EventKind(
        key="nurture.left",
        label=gettext_lazy("Left a segment or list"),
        sentence=gettext_lazy("The lead left a segment or a list."),
        icon="minus",
        meaning="",
        facts=_which,
        public=("segment", "name"),
        personal=("name",),
        is_computed=True,
    )
)
