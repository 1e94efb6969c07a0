"""What tasks keep about a person: their words, and the messages that say them."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from leads.events import Agent
from leads.lead_tasks import telling
from leads.lead_tasks.reminding import subject_key
from leads.models import LeadTask
from leads.privacy.holdings import DataSubject, Holding, Row, register
from outbox.forgetting import forget_messages


def _tasks(subject: DataSubject) -> Iterator[Row]:
    for task in LeadTask.objects.filter(lead=subject.lead).select_related("assignee").order_by("pk"):
        yield {
            str(_("what was to be done")): task.text,
            str(_("due")): str(task.due_on),
            str(_("by")): str(task.assignee),
            str(_("done")): task.done_at,
            str(_("deleted")): task.removed_at,
        }


def _erase(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    tasks = LeadTask.objects.filter(lead=subject.lead)
    forget_messages([telling.subject_key(subject.lead.pk), *(subject_key(task) for task in tasks)])
    return tasks.delete()[0]


register(
    Holding(
        key="tasks",
        label=_("Tasks about them"),
        afterwards=_("Deleted, with the messages about them."),
        rows=_tasks,
        count=lambda subject: subject.lead.tasks.count(),
        erase=_erase,
    )
)
