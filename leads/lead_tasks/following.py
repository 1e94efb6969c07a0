"""Tasks go with their lead: to whoever owns it from now on, and to somebody else when a person leaves."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from accounts.roles import MANAGING
from leads.events import Agent
from leads.lead_tasks.writing import give_on
from leads.models import Lead, LeadTask
from leads.models.lead_task import LeadTaskQuerySet


def follow_owner(lead: Lead, *, before_id: int | None, agent: Agent, now: datetime) -> None:
    """Open tasks of the lead's last owner, and of people who do not see it any more, are its owner's from now on.

    Without an owner they stay where they are until there is one. The lead is held.
    """
    if lead.owner_id == before_id or (owner := lead.owner) is None:
        return
    sees_all = User.objects.in_role(*MANAGING)
    stranded = Q(assignee=before_id) if before_id else Q()
    stranded |= ~Q(assignee__in=sees_all)
    give_on(LeadTask.objects.filter(stranded, lead=lead), to=owner, agent=agent, now=now)


def tasks_of_leaver(person: User) -> LeadTaskQuerySet:
    """What somebody has to do, of whichever lead, whether or not they see it."""
    return LeadTask.objects.open().filter(assignee=person)


def give_on_all(person: User, *, to: User | None, otherwise: User, agent: Agent, now: datetime) -> None:
    """All go to one person who sees every lead, or (None) each to the owner of its lead, else to `otherwise`.

    Lead by lead, each in a transaction of its own, so that one that is changed meanwhile stops nothing.
    """
    left = tasks_of_leaver(person).order_by("lead_id").distinct().values_list("lead_id", flat=True)
    for lead in _leads(list(left)):
        owner = lead.owner if lead.owner and lead.owner.is_active and lead.owner != person else None
        give_on(tasks_of_leaver(person).filter(lead=lead), to=to or owner or otherwise, agent=agent, now=now)


def _leads(keys: list[int]) -> Iterable[Lead]:
    return Lead.objects.filter(pk__in=keys).select_related("owner").order_by("pk").iterator(chunk_size=500)
