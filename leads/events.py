"""Writes the append-only record. An event of an unknown kind cannot be written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.models import LeadEvent

# kind -> (label, sentence on the timeline). Every transition of leads/lifecycle.py is here.
KINDS: Final[dict[str, tuple[str | Promise, str | Promise]]] = {
    "lead.created": (_("Created"), _("The lead came in.")),
    "lead.nurturing": (_("Nurturing"), _("Marketing keeps the lead warm.")),
    "lead.mql": (_("MQL"), _("The lead met the criteria.")),
    "handoff.approved": (_("Checked"), _("Marketing checked the lead and passed it on.")),
    "handoff.passed": (_("Passed to sales"), _("The lead was passed to sales.")),
    "handoff.accepted": (_("Accepted"), _("Sales accepted the lead.")),
    "handoff.qualified": (_("Qualified"), _("Sales says it is an SQL.")),
    "handoff.rejected": (_("Rejected"), _("Sales rejected the lead before contact.")),
    "handoff.recycled": (_("Recycled"), _("Sales sent the lead back to nurture.")),
    "handoff.breached": (_("Not answered"), _("Nobody answered in time.")),
    "handoff.disqualified": (_("Disqualified"), _("Sales disqualified the lead after contact.")),
    "handoff.withdrawn": (_("Withdrawn"), _("The lead was taken back before sales decided.")),
    "handoff.reassigned": (_("Reassigned"), _("Another rep has the lead now.")),
    "handoff.deadline_moved": (_("Deadline moved"), _("The deadline was counted anew.")),
    "handoff.forwarded": (_("Passed on"), _("The lead goes on to another rep.")),
    "handoff.taken_back": (_("Taken back"), _("A manager took the lead back from nurture.")),
    "handoff.contacted": (_("Contacted"), _("Sales got in touch with the lead.")),
    "lead.changed": (_("Changed"), _("Details of the lead changed.")),
    "lead.opportunity": (_("Opportunity"), _("The lead became an opportunity.")),
    "lead.customer": (_("Customer"), _("The lead became a customer.")),
    "lead.lost": (_("Lost"), _("The deal was lost.")),
    "score.given_by_hand": (_("Points by hand"), _("The score was changed by hand.")),
    "score.taken_back": (_("Points by hand taken back"), _("Points given by hand were taken back.")),
    "activity.by_person": (_("A person did it"), _("Somebody decided that a person did this, not a program.")),
    "activity.by_program": (_("A program did it"), _("Somebody decided that a program did this, not a person.")),
}


class UnknownEventKind(ValueError):
    """The kind was never registered."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts: a person, or a named program ("system", "import", "API key Website")."""

    user: User | None = None
    name: str = ""

    def __str__(self) -> str:
        return str(self.user) if self.user else self.name


SYSTEM: Final = Agent(name="system")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be written; stages and statuses are empty when they did not move."""

    lead_id: int
    kind: str
    at: datetime
    from_stage: str = ""
    to_stage: str = ""
    from_status: str = ""
    to_status: str = ""
    reason: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def record(entries: Iterable[Entry], *, agent: Agent, now: datetime) -> None:
    """Writes the events in one statement; raises UnknownEventKind before anything is written."""
    rows = []
    for entry in entries:
        if entry.kind not in KINDS:
            raise UnknownEventKind(entry.kind)
        rows.append(
            LeadEvent(
                lead_id=entry.lead_id,
                kind=entry.kind,
                at=entry.at,
                recorded_at=now,
                actor=agent.user,
                agent=agent.name,
                from_stage=entry.from_stage,
                to_stage=entry.to_stage,
                from_status=entry.from_status,
                to_status=entry.to_status,
                reason=entry.reason,
                text=entry.text,
                data=dict(entry.data),
            )
        )
    LeadEvent.objects.bulk_create(rows, batch_size=1000)
