"""What is recorded of a lead when an import is undone."""

from collections.abc import Iterable
from typing import Final, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.correcting.fields import field_words
from leads.events import EventKind, event_kind, register
from leads.models import LeadEvent


class Undone(TypedDict):
    """Which file it was, and which fields of the lead are as before."""

    file: str
    fields: list[str]


class Outcome(TypedDict):
    """The move that was taken back: its kind of event, and from where to where it went."""

    kind: str
    from_stage: str
    to_stage: str
    from_status: str
    to_status: str
    # What was recorded with it.
    data: dict[str, object]


def _file_and_fields(event: LeadEvent) -> Iterable[str]:
    data: Undone = event.data
    yield data["file"]
    if data["fields"]:
        yield ", ".join(map(field_words, data["fields"]))


def _former_move(event: LeadEvent) -> Iterable[str]:
    data: Outcome = event.data
    yield _("It was: %(what)s") % {"what": event_kind(data["kind"]).label}


IMPORT_UNDONE: Final = register(
    EventKind(
        key="lead.import_undone",
        label=gettext_lazy("Import undone"),
        sentence=gettext_lazy("An import was undone: what it said of the lead was taken back."),
        icon="return",
        facts=_file_and_fields,
        public=("fields",),
    )
)
# In place of the event of the move itself, as of its moment, so that nobody counts it any more.
OUTCOME_UNDONE: Final = register(
    EventKind(
        key="lead.outcome_undone",
        label=gettext_lazy("Outcome taken back"),
        sentence=gettext_lazy("An import recorded this by mistake, and it was taken back."),
        icon="return",
        facts=_former_move,
    )
)
