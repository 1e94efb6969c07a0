"""The four roles, each known by a key that stays; what a role may do is decided by the access doors that name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as people read it; `does` finishes "Somebody who ..."."""

    key: str
    label: str | Promise
    does: str | Promise


MARKETING: Final = "marketing"
SALES_REP: Final = "sales_rep"
SALES_MANAGER: Final = "sales_manager"
ADMINISTRATOR: Final = "administrator"

DECLARED: Final = {
    role.key: role
    for role in (
        Role(
            key=MARKETING,
            label=_("Marketing"),
            does=_("Writes the criteria, signs them for marketing, checks leads before sales gets them."),
        ),
        Role(
            key=SALES_REP,
            label=_("Sales rep"),
            does=_("Works a queue: accepts leads, rejects them with a reason, qualifies them."),
        ),
        Role(
            key=SALES_MANAGER,
            label=_("Sales manager"),
            does=_("Signs the criteria for sales, sees the team's queue, reassigns, sets capacity and absences."),
        ),
        Role(
            key=ADMINISTRATOR,
            label=_("Administrator"),
            does=_("Invites people, connects systems, sets policies and how long data is kept."),
        ),
    )
}
ROLES: Final = tuple(DECLARED)
CHOICES: Final = [(role.key, role.label) for role in DECLARED.values()]
SALES: Final = (SALES_REP, SALES_MANAGER)
# The people who answer for the numbers see every lead, handoff and report; a rep sees what is theirs.
MANAGING: Final = (MARKETING, SALES_MANAGER, ADMINISTRATOR)
# Those who say how leads come in, what is kept of them and what qualifies them.
EDITING: Final = (MARKETING, ADMINISTRATOR)


def in_words(keys: Iterable[str]) -> str:
    """Their labels, in the order they are declared."""
    known = frozenset(keys)
    return ", ".join(str(role.label) for role in DECLARED.values() if role.key in known)
