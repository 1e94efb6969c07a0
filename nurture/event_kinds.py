"""The kinds of events by which a lead enters and leaves segments, lists and sequences, and is sent mails."""

from collections.abc import Iterable
from typing import Final, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.events import EventKind, Transition, register
from leads.models import LeadEvent, Status
from nurture.models import Enrolment, Why


class InSegment(TypedDict):
    """Which segment it was, with its name as it was then."""

    segment: str
    # Empty after an erasure: a name can tell something about who is in it.
    name: str
    is_list: bool


class AboutMail(TypedDict):
    """Which mail it was, with its name as it was then, and why it was not sent."""

    mail: str
    # Empty after an erasure: a name can tell something about who got it.
    name: str
    # Of nurture.models.Why; empty: it was sent.
    why: str


class InSequence(TypedDict):
    """Which sequence it was, with its name as it was then."""

    sequence: str
    # Empty after an erasure, as above.
    name: str
    # Why it ended; empty while it has not.
    reason: str


def _which_sequence(event: LeadEvent) -> Iterable[str]:
    data: InSequence = event.data
    if data["name"]:
        yield _("sequence “%(name)s”") % {"name": data["name"]}
    if data["reason"] in Enrolment.Reason.values:
        yield str(Enrolment.Reason(data["reason"]).label)


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
ENROLLED: Final = register(
    EventKind(
        key="nurture.enrolled",
        label=gettext_lazy("Entered a sequence"),
        sentence=gettext_lazy("The lead entered a sequence."),
        icon="nurture",
        facts=_which_sequence,
        public=("sequence", "name"),
        personal=("name",),
        is_computed=True,
    )
)
PAUSED: Final = register(
    EventKind(
        key="nurture.paused",
        label=gettext_lazy("Sequence paused"),
        sentence=gettext_lazy("A sequence waits while sales has the lead."),
        icon="clock",
        meaning="",
        facts=_which_sequence,
        public=("sequence", "name"),
        personal=("name",),
        is_computed=True,
    )
)
RESUMED: Final = register(
    EventKind(
        key="nurture.resumed",
        label=gettext_lazy("Sequence goes on"),
        sentence=gettext_lazy("A sequence goes on where it was."),
        icon="nurture",
        meaning="",
        facts=_which_sequence,
        public=("sequence", "name"),
        personal=("name",),
        is_computed=True,
    )
)
ENDED: Final = register(
    EventKind(
        key="nurture.ended",
        label=gettext_lazy("Sequence ended"),
        sentence=gettext_lazy("The lead is in a sequence no more."),
        icon="minus",
        facts=_which_sequence,
        public=("sequence", "name", "reason"),
        personal=("name",),
        is_computed=True,
    )
)
# What the last sequence of a lead leaves behind: where it stood before, new or given back.
OVER: Final = register(
    Transition(
        key="nurture.over",
        label=gettext_lazy("Not nurtured any more"),
        sentence=gettext_lazy("No sequence has the lead any more."),
        icon="minus",
        meaning="",
        starts=(Status.NURTURING,),
        status=Status.NEW,
        is_computed=True,
    )
)
OVER_AGAIN: Final = register(
    Transition(
        key="nurture.over_again",
        label=gettext_lazy("Not nurtured any more"),
        sentence=gettext_lazy("No sequence has the lead any more, which sales gave back before."),
        icon="minus",
        meaning="",
        starts=(Status.NURTURING,),
        status=Status.RECYCLED,
        is_computed=True,
    )
)


def _which_mail(event: LeadEvent) -> Iterable[str]:
    data: AboutMail = event.data
    if data["name"]:
        yield _("“%(name)s”") % {"name": data["name"]}
    if data["why"] in Why.values:
        yield str(Why(data["why"]).label)


MAIL_SENT: Final = register(
    EventKind(
        key="nurture.mail_sent",
        label=gettext_lazy("Sent a mail"),
        sentence=gettext_lazy("A mail was sent to the lead."),
        icon="mail",
        facts=_which_mail,
        public=("mail", "name"),
        personal=("name",),
    )
)
MAIL_NOT_SENT: Final = register(
    EventKind(
        key="nurture.mail_not_sent",
        label=gettext_lazy("Did not send a mail"),
        sentence=gettext_lazy("A mail was not sent to the lead."),
        icon="mail",
        meaning="",
        facts=_which_mail,
        public=("mail", "name", "why"),
        personal=("name",),
        is_computed=True,
    )
)
