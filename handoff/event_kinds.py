"""The kinds of events of a handoff, and what each does to the lead's stage and status."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.events import EventKind, Transition, register
from leads.models import LeadEvent, Stage, Status
from lib.moments import moment_words

# The handoff's public id, and the keys of the people who had the lead and who has it now.
Reassigned = TypedDict("Reassigned", {"handoff": str, "from": int | None, "to": int})


class DeadlineMoved(TypedDict):
    """The handoff's public id, and both deadlines (moments in ISO 8601)."""

    handoff: str
    before: str
    after: str


def _back_to_nurture(event: LeadEvent) -> Iterable[str]:
    """A handoff can be breached and the lead go on to somebody else."""
    if event.to_status == Status.RECYCLED:
        yield _("the lead went back to nurture")


def _both_deadlines(event: LeadEvent) -> Iterable[str]:
    data: DeadlineMoved = event.data
    moments = {
        "before": moment_words(datetime.fromisoformat(data["before"])),
        "after": moment_words(datetime.fromisoformat(data["after"])),
    }
    yield _("from %(before)s to %(after)s") % moments


APPROVED: Final = register(
    Transition(
        key="handoff.approved",
        label=gettext_lazy("Checked"),
        sentence=gettext_lazy("Marketing checked the lead and passed it on."),
        icon="check",
        starts=(Status.AWAITING_REVIEW,),
    )
)
PASSED: Final = register(
    Transition(
        key="handoff.passed",
        label=gettext_lazy("Passed to sales"),
        sentence=gettext_lazy("The lead was passed to sales."),
        icon="arrow-right",
        starts=(Status.AWAITING_REVIEW,),
        status=Status.AWAITING_SALES,
    )
)
ACCEPTED: Final = register(
    Transition(
        key="handoff.accepted",
        label=gettext_lazy("Accepted"),
        sentence=gettext_lazy("Sales accepted the lead."),
        icon="check",
        starts=(Status.AWAITING_SALES,),
        stage=Stage.SAL,
        status=Status.WORKING,
    )
)
QUALIFIED: Final = register(
    Transition(
        key="handoff.qualified",
        label=gettext_lazy("Qualified"),
        sentence=gettext_lazy("Sales says it is an SQL."),
        icon="check",
        starts=(Status.WORKING,),
        stage=Stage.SQL,
        status=Status.WORKING,
    )
)
REJECTED: Final = register(
    Transition(
        key="handoff.rejected",
        label=gettext_lazy("Rejected"),
        sentence=gettext_lazy("Sales rejected the lead before contact."),
        icon="return",
        starts=(Status.AWAITING_SALES,),
        stage=Stage.LEAD,
        status=Status.RECYCLED,
    )
)
RECYCLED: Final = register(
    Transition(
        key="handoff.recycled",
        label=gettext_lazy("Recycled"),
        sentence=gettext_lazy("Sales sent the lead back to nurture."),
        icon="return",
        starts=(Status.WORKING,),
        stage=Stage.LEAD,
        status=Status.RECYCLED,
    )
)
BREACHED: Final = register(
    Transition(
        key="handoff.breached",
        label=gettext_lazy("Not answered"),
        sentence=gettext_lazy("Nobody answered in time."),
        icon="late",
        meaning="late",
        facts=_back_to_nurture,
        starts=(Status.AWAITING_SALES,),
        stage=Stage.LEAD,
        status=Status.RECYCLED,
    )
)
DISQUALIFIED: Final = register(
    Transition(
        key="handoff.disqualified",
        label=gettext_lazy("Disqualified"),
        sentence=gettext_lazy("Sales disqualified the lead after contact."),
        icon="block",
        starts=(Status.WORKING,),
        stage=Stage.LEAD,
        status=Status.DISQUALIFIED,
    )
)
WITHDRAWN: Final = register(
    Transition(
        key="handoff.withdrawn",
        label=gettext_lazy("Withdrawn"),
        sentence=gettext_lazy("The lead was taken back before sales decided."),
        starts=(Status.AWAITING_REVIEW, Status.AWAITING_SALES, Status.WORKING),
        stage=Stage.LEAD,
        status=Status.NURTURING,
    )
)
REASSIGNED: Final = register(
    Transition(
        key="handoff.reassigned",
        label=gettext_lazy("Reassigned"),
        sentence=gettext_lazy("Another rep has the lead now."),
        icon="person",
        # Not from whom to whom: these are keys of people.
        public=("handoff",),
        starts=(Status.AWAITING_SALES, Status.WORKING),
    )
)
OWNER_CHANGED: Final = register(
    Transition(
        key="handoff.owner_changed",
        label=gettext_lazy("Owner changed"),
        sentence=gettext_lazy("Somebody else looks after the lead now."),
        icon="person",
        public=(),
    )
)
DEADLINE_MOVED: Final = register(
    EventKind(
        key="handoff.deadline_moved",
        label=gettext_lazy("Deadline moved"),
        sentence=gettext_lazy("The deadline was counted anew."),
        icon="clock",
        facts=_both_deadlines,
        public=("handoff", "before", "after"),
    )
)
FORWARDED: Final = register(
    Transition(
        key="handoff.forwarded",
        label=gettext_lazy("Passed on"),
        sentence=gettext_lazy("The lead goes on to another rep."),
        icon="arrow-right",
        public=("handoff",),
        starts=(Status.AWAITING_SALES,),
        status=Status.AWAITING_REVIEW,
    )
)
TAKEN_BACK: Final = register(
    Transition(
        key="handoff.taken_back",
        label=gettext_lazy("Taken back"),
        sentence=gettext_lazy("A manager took the lead back from nurture."),
        icon="return",
        public=("handoff",),
        starts=(Status.RECYCLED,),
        stage=Stage.MQL,
        status=Status.AWAITING_REVIEW,
    )
)
CONTACTED: Final = register(
    EventKind(
        key="handoff.contacted",
        label=gettext_lazy("Contacted"),
        sentence=gettext_lazy("Sales got in touch with the lead."),
        public=("handoff", "way", "outcome"),
    )
)
