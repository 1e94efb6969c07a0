"""Somebody leaves: what they hold goes where the administrator says, in one step.

First they cannot sign in any more and get nothing new; then what they hold goes on, each in a transaction of its own,
so that one lead which somebody decides meanwhile stops nothing. Asked for again, it settles what is left.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts import invitations
from accounts.models import User
from handoff.models import Handoff, State
from handoff.routing.reassigning import reassign_many
from handoff.routing.rerouting import reroute_held
from leads.correcting.companies import correct_company
from leads.events import Agent
from leads.models import Company


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a person holds: leads with them, companies they look after, API keys they made."""

    leads: int
    companies: int
    keys: int


def holdings_of(user: User, *, now: datetime) -> Holdings:
    """Counted now."""
    return Holdings(
        leads=_leads(user).count(),
        companies=Company.objects.filter(owner=user).count(),
        keys=invitations.keys_of(user, now=now).count(),
    )


def leave(
    *,
    user: User,
    leads_go_to: User | None,
    companies_go_to: User | None,
    keys_go_to: User | None,
    actor: User,
    now: datetime,
) -> tuple[Holdings, Holdings]:
    """Ends their access and gives on what they hold. Returns what they held, and what could not be given on.

    Leads go to a person or (None) to whom routing chooses, companies to a person or to nobody, keys go on under
    somebody's name or end. Raises LastAdministrator where nobody else could administrate.
    """
    before = holdings_of(user, now=now)
    invitations.let_go(user_id=user.pk, keys_go_to=keys_go_to, now=now)
    if leads_go_to is None:
        reroute_held(now=now)
    else:
        reassign_many(_leads(user), seen=(), to=leads_go_to, actor=actor, text="", now=now)
    owner = companies_go_to.pk if companies_go_to else None
    for company_id in Company.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True):
        correct_company(company_id=company_id, values={"owner": owner}, agent=Agent(user=actor), now=now)
    return before, holdings_of(user, now=now)


def _leads(user: User) -> QuerySet[Handoff]:
    theirs = Handoff.objects.filter(assignee=user, state__in=(State.WAITING, State.ACCEPTED))
    return theirs.select_related("assignee").order_by("respond_by", "pk")
