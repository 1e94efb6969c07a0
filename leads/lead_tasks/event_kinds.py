"""What is recorded of a lead's tasks. Each event has the words of the task as its text."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from leads.events import EventKind, register

ADDED: Final = register(
    EventKind(key="lead.task_added", label=_("Task added"), sentence=_("Somebody has something to do."), icon="plus")
)
CHANGED: Final = register(
    EventKind(key="lead.task_changed", label=_("Task changed"), sentence=_("A task was changed."), icon="edit")
)
GIVEN_ON: Final = register(
    EventKind(
        key="lead.task_given_on",
        label=_("Task given on"),
        sentence=_("Somebody else does a task from now on."),
        icon="person",
    )
)
DONE: Final = register(
    EventKind(key="lead.task_done", label=_("Task done"), sentence=_("A task was done."), icon="check")
)
REOPENED: Final = register(
    EventKind(
        key="lead.task_reopened", label=_("Task opened again"), sentence=_("A task is to be done again."), icon="return"
    )
)
REMOVED: Final = register(
    EventKind(key="lead.task_removed", label=_("Task deleted"), sentence=_("A task was deleted."), icon="trash")
)
PUT_BACK: Final = register(
    EventKind(
        key="lead.task_put_back", label=_("Task put back"), sentence=_("A deleted task was put back."), icon="return"
    )
)
