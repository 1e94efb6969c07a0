"""What is kept about a person as it came in: submissions, what waits or could not be used, and files of imports."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from capture.importing.files import forget, stored
from capture.importing.problems import Unreadable
from capture.models import ImportBatch, ImportChange, ImportProblem, InboxItem, QuarantinedEvent, Submission
from leads.events import Agent
from leads.privacy.holdings import DataSubject, Holding, Row, register


def _submissions_of(subject: DataSubject) -> QuerySet[Submission]:
    as_text = Submission.objects.annotate(raw_text=Cast("raw", TextField()))
    return as_text.filter(Q(lead_id=subject.lead.pk) | subject.mentioned_in("raw_text"))


def _submissions(subject: DataSubject) -> Iterator[Row]:
    for submission in _submissions_of(subject).select_related("form").order_by("pk"):
        yield {
            str(_("form")): submission.form.name,
            str(_("when")): submission.received_at,
            str(_("page")): submission.page,
            str(_("as sent")): submission.raw,
            str(_("agreed to")): submission.consents,
        }


def _erase_submissions(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """How many a form got stays; what was sent is gone."""
    ids = list(_submissions_of(subject).values_list("pk", flat=True))
    return Submission.objects.filter(pk__in=ids).update(
        raw={}, differences={}, reason="", page="", visitor=None, person=""
    )


def _waiting_of(subject: DataSubject) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(subject.mentioned_in("raw"))


def _aside_of(subject: DataSubject) -> QuerySet[QuarantinedEvent]:
    return QuarantinedEvent.objects.filter(subject.mentioned_in("raw") | subject.mentioned_in("detail"))


def _unused(subject: DataSubject) -> Iterator[Row]:
    for item in _waiting_of(subject).order_by("pk"):
        sent = json.loads(item.raw)
        mine = [event for event in _events_in(sent) if _names(event, subject)]
        yield {str(_("when")): item.received_at, str(_("sent by")): item.source, str(_("as sent")): mine or sent}
    for event in _aside_of(subject).order_by("pk"):
        yield {
            str(_("when")): event.received_at,
            str(_("sent by")): event.source,
            str(_("what is wrong")): event.detail,
            str(_("as sent")): event.raw,
        }


def _erase_unused(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """A request that waits may hold events of others: theirs stay, and are taken."""
    count, _details = _aside_of(subject).delete()
    for item in _waiting_of(subject).select_for_update():
        sent = json.loads(item.raw)
        events = _events_in(sent)
        others = [event for event in events if not _names(event, subject)]
        count += max(1, len(events) - len(others))
        if not others:
            item.delete()
            continue
        events[:] = others
        item.raw, item.events = json.dumps(sent), len(others)
        item.save(update_fields=["raw", "events"])
    return count


def _events_in(sent: Any) -> list[object]:
    """The list within what a request sent, in its place; an empty one where it sent one message alone."""
    if isinstance(sent, list):
        return sent
    batch = sent.get("body", {}).get("batch")
    return batch if isinstance(batch, list) else []


def _names(event: object, subject: DataSubject) -> bool:
    written = json.dumps(event).lower()
    return any(mark.lower() in written for mark in subject.marks)


def _problems_of(subject: DataSubject) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.filter(subject.mentioned_in("message"))


def _files_of(subject: DataSubject) -> list[ImportBatch]:
    """The imports whose file, which is kept for a week, names the person; one that runs is not touched."""
    batches = ImportBatch.objects.exclude(stored_as="").exclude(state=ImportBatch.State.RUNNING)
    return [batch for batch in batches.order_by("pk") if _is_named_in(batch, subject)]


def _is_named_in(batch: ImportBatch, subject: DataSubject) -> bool:
    marks = [mark.lower().encode() for mark in subject.marks]
    marks += [mark.lower().encode("utf-16-le") for mark in subject.marks]
    try:
        with stored(batch) as file:
            text = file.read().lower()
    except Unreadable:
        return False
    # A workbook is compressed: it may name anybody.
    return text.startswith(b"pk") or any(mark in text for mark in marks)


def _files(subject: DataSubject) -> Iterator[Row]:
    for batch in _files_of(subject):
        yield {str(_("file")): batch.file_name, str(_("when")): batch.created_at}
    for problem in _problems_of(subject):
        yield {str(_("line")): problem.line, str(_("what is wrong")): problem.message}


def _erase_files(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    count = _problems_of(subject).update(message="")
    batches = _files_of(subject)
    for batch in batches:
        forget(batch)
    return count + len(batches)


register(
    Holding(
        key="submissions",
        label=_("Forms they filled in"),
        afterwards=_("That a form was filled in stays as a number; what was sent is gone."),
        rows=_submissions,
        count=lambda subject: _submissions_of(subject).count(),
        erase=_erase_submissions,
    )
)
register(
    Holding(
        key="unused",
        label=_("What waits or could not be used"),
        afterwards=_("Deleted."),
        rows=_unused,
        count=lambda subject: _aside_of(subject).count() + _waiting_of(subject).count(),
        erase=_erase_unused,
    )
)


def _changes_of(subject: DataSubject) -> QuerySet[ImportChange]:
    return ImportChange.objects.filter(lead=subject.lead)


def _changes(subject: DataSubject) -> Iterator[Row]:
    for change in _changes_of(subject).select_related("batch").order_by("pk"):
        yield {
            str(_("file")): change.batch.file_name,
            str(_("before")): change.before,
            str(_("after")): change.after,
        }


register(
    Holding(
        key="import_changes",
        label=_("What imports changed"),
        afterwards=_("Deleted; what a file said of them can no longer be undone."),
        rows=_changes,
        count=lambda subject: _changes_of(subject).count(),
        erase=lambda subject, _agent, _now: _changes_of(subject).delete()[0],
    )
)
register(
    Holding(
        key="import_files",
        label=_("Files of imports that name them"),
        afterwards=_("The files are deleted before their week is over; what was imported of others stays."),
        rows=_files,
        count=lambda subject: len(_files_of(subject)) + _problems_of(subject).count(),
        erase=_erase_files,
    )
)
