"""Reminds of tasks on the morning of their day, on the clock of whoever does them, once."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypedDict

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import ROLES
from leads.models import Lead, LeadTask
from lib.text import header_text
from lib.zones import first_moment, zone_of
from outbox.enqueue import Subject, enqueue
from outbox.kinds import Facts, NewsKind, SubjectType, register

MORNING: Final = time(8)
SUBJECT: Final = "task:"
# As far as any clock on earth is ahead of UTC.
FURTHEST_AHEAD: Final = timedelta(hours=14)


class TaskFacts(TypedDict):
    """A task when its day came."""

    task: str
    lead: str
    due: str  # the day in ISO 8601


class LiveFacts(TypedDict):
    """What became of it (`over`, empty while it is to be done), and who does it."""

    holder_id: int
    over: str


def look(subjects: Collection[str], reader: User | None) -> dict[str, LiveFacts]:
    """The tasks among these that are still this reader's, as they are now."""
    keys = [int(subject.removeprefix(SUBJECT)) for subject in subjects]
    tasks = LeadTask.objects.filter(pk__in=keys, removed_at=None)
    if reader is not None:
        tasks = tasks.filter(assignee=reader, lead__in=Lead.objects.visible_to(reader))
    return {
        subject_key(task): {"holder_id": task.assignee_id, "over": _("done") if task.done_at else ""} for task in tasks
    }


def task_words(facts: Facts) -> dict[str, object]:
    return {
        **facts,
        "task": header_text(facts["task"], 200),
        "lead": header_text(facts["lead"], 100),
        "due": date_format(date.fromisoformat(facts["due"]), "j F Y"),
        "state": facts["over"],
    }


TASK_DUE: Final = register(
    NewsKind(
        key="lead.task_due",
        label=gettext_lazy("a task of yours is due"),
        sentence=gettext_lazy("A task for %(lead)s is due: %(task)s"),
        roles=ROLES,
        order=75,
        icon="check",
        meaning="soon",
        mail="leads/mail/task_due",
        words=task_words,
        subjects=SubjectType(look=look, gone=gettext_lazy("A task that was yours for a while.")),
        needs_answer=True,
    )
)


def subject_key(task: LeadTask) -> str:
    """By which news of the task is found."""
    return f"{SUBJECT}{task.pk}"


def reminded_from(due_on: date, assignee: User) -> datetime:
    """The morning of the day, on the person's own clock."""
    return first_moment(datetime.combine(due_on, MORNING), zone_of(assignee.time_zone))


def remind_due(*, now: datetime) -> int:
    """Tells everybody of their tasks whose morning has come; returns of how many. One that is put off is told again."""
    latest = (now + FURTHEST_AHEAD).astimezone(UTC).date()
    waiting = LeadTask.objects.open().filter(due_on__lte=latest, reminded_at=None, assignee__is_active=True)
    due = [task.pk for task in waiting.select_related("assignee") if reminded_from(task.due_on, task.assignee) <= now]
    return sum(_remind(task_id, now=now) for task_id in due)


@transaction.atomic
def _remind(task_id: int, *, now: datetime) -> bool:
    """Looks again under the task's lock: somebody may have done it, put it off, or reminded of it meanwhile."""
    tasks = LeadTask.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    open_ones = tasks.open().filter(pk=task_id, reminded_at=None)
    task = open_ones.select_related("assignee", "lead").first()
    if task is None or reminded_from(task.due_on, task.assignee) > now:
        return False
    task.reminded_at = now
    task.save(update_fields=["reminded_at"])
    facts: TaskFacts = {"task": task.text, "lead": task.lead.name, "due": task.due_on.isoformat()}
    subject = Subject(key=subject_key(task), path=reverse("leads:detail", args=[task.lead.public_id]))
    key = f"{task.pk}@{int(now.timestamp())}"
    enqueue(TASK_DUE, subject, facts, key=key, recipients=[task.assignee], now=now)
    return True
