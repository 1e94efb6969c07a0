"""News of the criteria: to be signed, signed by both sides, a signature does not count any more, others in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MARKETING, SALES, SALES_MANAGER
from outbox.enqueue import Subject, enqueue
from outbox.kinds import NewsKind, register
from scoring.models import Criteria, Signature


class CriteriaFacts(TypedDict):
    """The number of the version, and who did it."""

    version: int
    by: str


_MAIL: Final = "scoring/mail/criteria"

TO_SIGN: Final = register(
    NewsKind(
        key="criteria.to_sign",
        label=_("criteria are to be signed"),
        sentence=_("%(by)s proposed version %(version)s of the criteria, which is to be signed"),
        roles=(MARKETING, SALES_MANAGER),
        order=110,
        icon="flag",
        meaning="soon",
        mail=_MAIL,
    )
)
SIGNED: Final = register(
    NewsKind(
        key="criteria.signed",
        label=_("criteria are signed by both sides"),
        sentence=_("%(by)s signed version %(version)s of the criteria, so that it can be put into force"),
        roles=(MARKETING, SALES_MANAGER),
        order=115,
        icon="flag",
        meaning="soon",
        mail=_MAIL,
    )
)
SIGNATURE_VOID: Final = register(
    NewsKind(
        key="criteria.void",
        label=_("your signature does not count any more"),
        sentence=_("Your signature of version %(version)s of the criteria is void: %(by)s changed it or took it back"),
        roles=(MARKETING, SALES_MANAGER),
        order=120,
        icon="warning",
        meaning="soon",
        mail=_MAIL,
    )
)
IN_FORCE: Final = register(
    NewsKind(
        key="criteria.in_force",
        label=_("other criteria are in force"),
        sentence=_("%(by)s put version %(version)s of the criteria in force"),
        roles=(MARKETING, *SALES),
        order=130,
        icon="criteria",
        meaning="accent",
        mail=_MAIL,
    )
)


def enqueue_to_sign(criteria: Criteria, *, actor: User, now: datetime) -> None:
    """Whoever may sign is told, but for who proposed it."""
    _enqueue(TO_SIGN, criteria, User.objects.in_role(MARKETING, SALES_MANAGER), actor=actor, now=now)


def enqueue_signed(criteria: Criteria, *, actor: User, now: datetime) -> None:
    """Whoever may put it into force is told, but for who signed last."""
    _enqueue(SIGNED, criteria, User.objects.in_role(MARKETING, SALES_MANAGER), actor=actor, now=now)


def enqueue_signatures_void(criteria: Criteria, signatures: Iterable[Signature], *, actor: User, now: datetime) -> None:
    """Whose signatures they were are told, but for who made them void."""
    _enqueue(SIGNATURE_VOID, criteria, [signature.user for signature in signatures], actor=actor, now=now)


def enqueue_in_force(criteria: Criteria, *, actor: User, now: datetime) -> None:
    """Marketing and sales are told, but for who published it."""
    _enqueue(IN_FORCE, criteria, User.objects.in_role(MARKETING, *SALES), actor=actor, now=now)


def _enqueue(kind: NewsKind, criteria: Criteria, people: Iterable[User], *, actor: User, now: datetime) -> None:
    facts: CriteriaFacts = {"version": criteria.number, "by": str(actor)}
    subject = Subject(key=f"criteria:{criteria.pk}", path=reverse("scoring:version", args=[criteria.number]))
    recipients = [person for person in people if person != actor]
    enqueue(kind, subject, facts, key=f"{criteria.pk}@{int(now.timestamp())}", recipients=recipients, now=now)
