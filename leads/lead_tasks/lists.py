"""The tasks of one lead and of one person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import MANAGING
from leads.models import Lead, LeadTask

DONE_SHOWN: Final = 5
REMOVED_SHOWN_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksOfLead:
    """What is to be done, what was done last, and what was deleted a moment ago and can be put back."""

    open: Sequence[LeadTask]
    done: Sequence[LeadTask]
    removed: Sequence[LeadTask]


def tasks_of(lead: Lead, *, now: datetime) -> TasksOfLead:
    """All of its page, in one statement."""
    tasks = list(LeadTask.objects.filter(lead=lead).select_related("assignee", "done_by").order_by("due_on", "pk"))
    done = [task for task in tasks if task.done_at and not task.removed_at]
    return TasksOfLead(
        open=[task for task in tasks if not task.done_at and not task.removed_at],
        done=sorted(done, key=lambda task: task.done_at or now, reverse=True)[:DONE_SHOWN],
        removed=[task for task in tasks if task.removed_at and now - task.removed_at < REMOVED_SHOWN_FOR],
    )


def open_tasks(person: User) -> QuerySet[LeadTask]:
    """What this person has to do, the first due first, of leads that they may still see."""
    own = LeadTask.objects.open().filter(assignee=person)
    visible = Lead.objects.visible_to(person)
    return own.filter(lead__in=visible).select_related("lead__company").order_by("due_on", "pk")


def count_due(person: User) -> int:
    """How many of them are due today or were before, on the clock in force."""
    return open_tasks(person).filter(due_on__lte=timezone.localdate()).count()


def next_tasks(leads: Collection[int]) -> dict[int, LeadTask]:
    """Of each of these leads the open task that is due first; asked once."""
    tasks = LeadTask.objects.open().filter(lead__in=leads)
    first = tasks.order_by("lead_id", "due_on", "pk").distinct("lead_id").select_related("assignee")
    return {task.lead_id: task for task in first}


def may_do(lead: Lead, *, also: User | None = None) -> QuerySet[User]:
    """Who can be given a task of this lead: whoever sees it; and who has it already."""
    keys = {lead.owner_id, also.pk if also else None} - {None}
    people = User.objects.in_role(*MANAGING)
    return (people | User.objects.filter(pk__in=keys, is_active=True)).order_by("name", "email")
