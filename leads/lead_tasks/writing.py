"""The only writer of tasks. Each function holds the task, writes named fields and records the event.

Saying twice that a task is done, or deleted, changes nothing the second time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from leads.events import Agent, Entry, EventKind, record
from leads.lead_tasks import event_kinds, telling
from leads.lead_tasks.lists import may_do
from leads.lead_tasks.reminding import reminded_from
from leads.models import Lead, LeadTask
from leads.models.lead_task import LeadTaskQuerySet


class Outdated(Exception):
    """Somebody changed the task since the form was shown; `task` is how it is now."""

    def __init__(self, task: LeadTask) -> None:
        super().__init__(_("Somebody changed this task meanwhile. Look at what it says now, and save again."))
        self.task = task


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, by which day of whose."""

    text: str
    due_on: date
    assignee: User


@transaction.atomic
def add(*, lead: Lead, plan: Plan, actor: User, now: datetime) -> LeadTask:
    """A new task of the lead, told to whoever is to do it. The caller has looked whether this person may."""
    task = LeadTask.objects.create(
        lead=lead,
        text=plan.text,
        due_on=plan.due_on,
        assignee=plan.assignee,
        created_by=actor,
        created_at=now,
        reminded_at=_known_already(plan, now=now),
    )
    _record(task, event_kinds.ADDED, actor=actor, now=now)
    _tell(task, actor=actor, now=now)
    return task


@transaction.atomic
def change(*, task_id: int, plan: Plan, version: int, actor: User, now: datetime) -> bool:
    """Says what is to be done anew; who has it from now on is told. Returns whether anything changed.

    Raises Outdated when somebody was first.
    """
    task = _held(task_id)
    if task.version != version:
        raise Outdated(task)
    if (task.text, task.due_on, task.assignee_id) == (plan.text, plan.due_on, plan.assignee.pk):
        return False
    is_given, is_new_day = task.assignee_id != plan.assignee.pk, task.due_on != plan.due_on
    columns: dict[str, Any] = {"text": plan.text, "due_on": plan.due_on, "assignee": plan.assignee}
    if is_given or is_new_day:
        is_told = is_given or plan.assignee == actor
        columns["reminded_at"] = _known_already(plan, now=now) if is_told else None
    _write(task, **columns)
    _record(task, event_kinds.CHANGED, actor=actor, now=now)
    if is_given and not (task.done_at or task.removed_at):
        _tell(task, actor=actor, now=now)
    return True


@transaction.atomic
def put_off(*, task_id: int, due_on: date, actor: User, now: datetime) -> bool:
    """Another day for a task that is not done; returns False where it is done, or that day already."""
    task = _held(task_id)
    if task.done_at or task.removed_at or task.due_on == due_on:
        return False
    plan = Plan(text=task.text, due_on=due_on, assignee=task.assignee)
    _write(task, due_on=due_on, reminded_at=_known_already(plan, now=now) if task.assignee == actor else None)
    _record(task, event_kinds.CHANGED, actor=actor, now=now)
    return True


@transaction.atomic(savepoint=False)
def give_on(tasks: LeadTaskQuerySet, *, to: User, agent: Agent, now: datetime) -> int:
    """The open ones among these tasks of one lead are this person's from now on, who is told. Returns how many.

    Whoever gives them to themselves is told nothing; of a day that has come nobody is reminded a second time.
    """
    open_ones = tasks.open().exclude(assignee=to)
    rows = list(open_ones.select_for_update(no_key=True, of=("self",)).select_related("lead").order_by("pk"))
    for task in rows:
        _write(task, assignee=to, reminded_at=now if reminded_from(task.due_on, to) <= now else None)
    record([_entry(task, event_kinds.GIVEN_ON, now=now) for task in rows], agent=agent, now=now)
    if rows and agent.user != to:
        telling.tell(rows[0].lead, rows, to=to, now=now)
    return len(rows)


@transaction.atomic
def finish(*, task_id: int, actor: User, now: datetime) -> bool:
    """It is done; returns False when it was before."""
    task = _held(task_id)
    if task.done_at or task.removed_at:
        return False
    _write(task, done_at=now, done_by=actor)
    _record(task, event_kinds.DONE, actor=actor, now=now)
    return True


@transaction.atomic
def reopen(*, task_id: int, actor: User, now: datetime) -> bool:
    """It is to be done after all; returns False when nobody had said that it was done."""
    task = _held(task_id)
    if not task.done_at:
        return False
    _write(task, done_at=None, done_by=None, assignee=_who_does(task, actor))
    _record(task, event_kinds.REOPENED, actor=actor, now=now)
    return True


@transaction.atomic
def remove(*, task_id: int, actor: User, now: datetime) -> bool:
    """It is shown no more, until somebody puts it back; returns False when it was deleted before."""
    task = _held(task_id)
    if task.removed_at:
        return False
    _write(task, removed_at=now)
    _record(task, event_kinds.REMOVED, actor=actor, now=now)
    return True


@transaction.atomic
def put_back(*, task_id: int, actor: User, now: datetime) -> bool:
    """A deleted one is there again, as it was; returns False when it was not deleted."""
    task = _held(task_id)
    if not task.removed_at:
        return False
    _write(task, removed_at=None, assignee=_who_does(task, actor))
    _record(task, event_kinds.PUT_BACK, actor=actor, now=now)
    return True


def _held(task_id: int) -> LeadTask:
    """The task, locked, so that what is looked at is what is written."""
    return LeadTask.objects.select_for_update(no_key=True, of=("self",)).select_related("assignee").get(pk=task_id)


def _write(task: LeadTask, **columns: Any) -> None:
    for name, value in {**columns, "version": task.version + 1}.items():
        setattr(task, name, value)
    task.save(update_fields=[*columns, "version"])


def _who_does(task: LeadTask, actor: User) -> User:
    """Whoever had it, as long as they see the lead; else whoever takes it up again."""
    return task.assignee if may_do(task.lead).filter(pk=task.assignee_id).exists() else actor


def _record(task: LeadTask, kind: EventKind, *, actor: User, now: datetime) -> None:
    record([_entry(task, kind, now=now)], agent=Agent(user=actor), now=now)


def _entry(task: LeadTask, kind: EventKind, *, now: datetime) -> Entry:
    return Entry(lead_id=task.lead_id, kind=kind, at=now, text=task.text)


def _known_already(plan: Plan, *, now: datetime) -> datetime | None:
    """Whoever sets a task for themselves, or is told of it now, needs no reminder on a day that has come."""
    return now if reminded_from(plan.due_on, plan.assignee) <= now else None


def _tell(task: LeadTask, *, actor: User, now: datetime) -> None:
    if task.assignee != actor:
        telling.tell(task.lead, [task], to=task.assignee, now=now)
