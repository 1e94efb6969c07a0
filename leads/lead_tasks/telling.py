"""Tells whoever has tasks of a lead from now on that they have them, once for all of the lead's."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypedDict

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import ROLES
from leads.models import Lead, LeadTask
from lib.numbers import number
from lib.text import header_text
from outbox.enqueue import Subject, enqueue
from outbox.kinds import Facts, NewsKind, SubjectType, register

SUBJECT: Final = "tasks-of:"


class TasksFacts(TypedDict):
    """How many tasks of which lead; the first of them and its day in ISO 8601; whose they are now."""

    lead: str
    count: int
    task: str
    due: str
    holder_id: int


class LiveFacts(TypedDict):
    """What became of them (`over`, empty while one of them is to be done)."""

    over: str


def subject_key(lead_id: int) -> str:
    """By which news of a lead's tasks is found."""
    return f"{SUBJECT}{lead_id}"


def look(subjects: Collection[str], reader: User | None) -> Mapping[str, LiveFacts]:
    """The leads among these that this reader may see, and whether something is to be done about them still."""
    keys = [int(subject.removeprefix(SUBJECT)) for subject in subjects]
    leads = Lead.objects.filter(pk__in=keys)
    open_ones = LeadTask.objects.open().filter(lead__in=keys)
    if reader is not None:
        leads, open_ones = leads.visible_to(reader), open_ones.filter(assignee=reader)
    still = {subject_key(pk): pk for pk in leads.order_by().values_list("pk", flat=True)}
    to_do = set(open_ones.order_by().values_list("lead", flat=True))
    return {subject: {"over": "" if pk in to_do else _("done")} for subject, pk in still.items()}


def tasks_words(facts: Facts) -> dict[str, object]:
    return {
        **facts,
        "task": header_text(facts["task"], 200),
        "lead": header_text(facts["lead"], 100),
        "due": date_format(date.fromisoformat(facts["due"]), "j F Y"),
        "state": facts["over"],
    }


def _sentence(words: Mapping[str, Any]) -> str:
    if words["count"] == 1:
        return _("A task for %(lead)s is yours now: %(task)s") % words
    sentence = ngettext(
        "%(n)s task for %(lead)s is yours now, due %(due)s",
        "%(n)s tasks for %(lead)s are yours now, the first due %(due)s",
        words["count"],
    )
    return sentence % {**words, "n": number(words["count"])}


TASKS_GIVEN: Final = register(
    NewsKind(
        key="lead.tasks_given",
        label=gettext_lazy("tasks are given to you"),
        sentence=_sentence,
        roles=ROLES,
        order=76,
        icon="check",
        meaning="accent",
        mail="leads/mail/tasks_given",
        words=tasks_words,
        subjects=SubjectType(look=look, gone=gettext_lazy("Tasks of a lead that were yours for a while.")),
        needs_answer=True,
    )
)


def tell(lead: Lead, tasks: Sequence[LeadTask], *, to: User, now: datetime) -> None:
    """These tasks of the lead, the first due first, are this person's from now on."""
    first = min(tasks, key=lambda task: (task.due_on, task.pk))
    facts: TasksFacts = {
        "lead": lead.name,
        "count": len(tasks),
        "task": first.text,
        "due": first.due_on.isoformat(),
        "holder_id": to.pk,
    }
    subject = Subject(key=subject_key(lead.pk), path=reverse("leads:detail", args=[lead.public_id]))
    key = f"{lead.pk}.{first.pk}.{first.version}@{int(now.timestamp())}"
    enqueue(TASKS_GIVEN, subject, facts, key=key, recipients=[to], now=now)
