"""Many leads are given to another person at once: each on its own, and what could not be moved says why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.lifecycle.passing import reassign
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff
from handoff.routing.availability import RepAvailability, availability_of_reps
from leads.events import Agent
from lib.sorting import as_people_sort
from outbox.told_together import told_together


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the handoffs that were moved, and those that were not with a sentence each."""

    moved: tuple[Handoff, ...]
    refused: tuple[tuple[Handoff, str], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be given leads by hand; a manager has no availability. Who is out cannot be chosen."""

    user: User
    availability: RepAvailability | None

    @property
    def may_be_chosen(self) -> bool:
        return self.availability is None or self.availability.is_in


def candidates(*, now: datetime) -> list[Candidate]:
    """Reps by name, those who are in first, then managers."""
    availabilities = sorted(
        availability_of_reps(now=now),
        key=lambda availability: (not availability.is_in, str(availability.user).casefold(), availability.user.pk),
    )
    known_ids = {availability.user.pk for availability in availabilities}
    managers = User.objects.in_role(SALES_MANAGER).order_by(as_people_sort("name"), "email")
    return [
        *(Candidate(availability.user, availability) for availability in availabilities),
        *(Candidate(user, None) for user in managers if user.pk not in known_ids),
    ]


def held_by(handoff: Handoff) -> str:
    """Which handoff, and who holds it, as a form sends it back."""
    return f"{handoff.public_id} {handoff.assignee_id}"


def reassign_many(
    handoffs: Iterable[Handoff], *, seen: Collection[str], to: User, actor: User, text: str, now: datetime
) -> Outcome:
    """Each in a transaction of its own, so that one which somebody decided meanwhile does not stop the others.

    `seen`: who held what when the person looked (`held_by`); what somebody else holds by now is left to them.
    Empty: nobody looked.
    """
    moved, refused = list[Handoff](), list[tuple[Handoff, str]]()
    with told_together():
        for handoff in handoffs:
            if seen and held_by(handoff) not in seen:
                sentence = _("It is with %(rep)s by now; somebody else gave it away while you looked.")
                refused.append((handoff, sentence % {"rep": handoff.assignee}))
                continue
            try:
                reassign(handoff_id=handoff.pk, assignee=to, agent=Agent(user=actor), now=now, text=text)
            except NotPossible as refusal:
                refused.append((handoff, str(refusal)))
            else:
                moved.append(handoff)
    return Outcome(tuple(moved), tuple(refused))
