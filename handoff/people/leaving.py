"""Somebody leaves: what they hold goes where the administrator says, in one step.

First they cannot sign in any more and get nothing new; then what they hold goes on, each in a transaction of its own,
so that one lead which somebody decides meanwhile stops nothing. Asked for again, it settles what is left.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import invitations
from accounts.models import User
from handoff.event_kinds import OWNER_CHANGED
from handoff.models import Handoff, PassPolicy, RoutingRule, SlaPolicy, State
from handoff.routing.reassigning import reassign_many
from handoff.routing.rerouting import reroute_held
from handoff.states import OPEN
from leads.correcting.companies import correct_company
from leads.events import Agent
from leads.lead_tasks.following import give_on_all, tasks_of_leaver
from leads.lifecycle import change_owner, locked
from leads.models import Company, Lead


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a person holds: leads with them, leads decided and theirs, open tasks, companies, API keys they made."""

    leads: int
    owned: int
    tasks: int
    companies: int
    keys: int


def holdings_of(user: User, *, now: datetime) -> Holdings:
    """Counted now."""
    return Holdings(
        leads=_leads(user).count(),
        owned=_owned(user).count(),
        tasks=tasks_of_leaver(user).count(),
        companies=Company.objects.filter(owner=user).count(),
        keys=invitations.keys_of(user, now=now).count(),
    )


def leave(
    *,
    user: User,
    leads_go_to: User | None,
    owned_go_to: User | None,
    tasks_go_to: User | None,
    companies_go_to: User | None,
    keys_go_to: User | None,
    actor: User,
    now: datetime,
) -> tuple[Holdings, Holdings]:
    """Ends their access and gives on what they hold. Returns what they held, and what could not be given on.

    Leads go to a person or (None) to whom routing chooses, those that are decided and companies to a person or to
    nobody, tasks with their lead, and those that do not follow it to a person or (None) to its owner, else to who does
    this; keys go on under somebody's name or end. Raises LastAdministrator where nobody else could administrate.
    """
    before = holdings_of(user, now=now)
    invitations.let_go(user_id=user.pk, keys_go_to=keys_go_to, now=now)
    if leads_go_to is None:
        reroute_held(now=now)
    else:
        reassign_many(_leads(user), seen=(), to=leads_go_to, actor=actor, text="", now=now)
    for lead_id in list(_owned(user).values_list("pk", flat=True)):
        _change_owner(lead_id, of=user, to=owned_go_to, actor=actor, now=now)
    give_on_all(user, to=tasks_go_to, otherwise=actor, agent=Agent(user=actor), now=now)
    owner = companies_go_to.pk if companies_go_to else None
    for company_id in Company.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True):
        correct_company(company_id=company_id, values={"owner": owner}, agent=Agent(user=actor), now=now)
    return before, holdings_of(user, now=now)


def named_in(user: User) -> list[str]:
    """What names this person still and only an administrator can change: policies and rules, in words."""
    policies = []
    if PassPolicy.current().fallback_id == user.pk:
        policies.append(_("the pass policy, as who gets leads while nobody is in"))
    if SlaPolicy.objects.filter(escalate_to=user).exists():
        policies.append(_("a service level policy, as who gets what nobody answered"))
    rules = RoutingRule.objects.filter(reps=user.pk, is_active=True)
    return [*policies, *(_("the routing rule “%(rule)s”") % {"rule": rule.name} for rule in rules)]


@transaction.atomic
def _change_owner(lead_id: int, *, of: User, to: User | None, actor: User, now: datetime) -> None:
    """Unless somebody else owns it by now, or a handoff has begun meanwhile."""
    if locked([lead_id]) and (lead := _owned(of).filter(pk=lead_id).first()):
        change_owner(lead, OWNER_CHANGED, owner=to, agent=Agent(user=actor), now=now)


def _owned(user: User) -> QuerySet[Lead]:
    """Leads that are theirs with nothing to decide: SQLs, deals, customers."""
    return Lead.objects.filter(owner=user).exclude(handoffs__state__in=OPEN).order_by("pk")


def _leads(user: User) -> QuerySet[Handoff]:
    theirs = Handoff.objects.filter(assignee=user, state__in=(State.WAITING, State.ACCEPTED))
    return theirs.select_related("assignee").order_by("respond_by", "pk")
