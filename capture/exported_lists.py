"""The lists of what came in: imports and the rows they could not use, submissions, and what is in quarantine."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITING
from capture.importing.report import problem_heads, problem_rows
from capture.models import Form, ImportBatch, QuarantinedEvent, Submission, Verdict
from leads.exporting.lists import (
    Asked,
    ExportedColumn,
    ExportedList,
    NotToBeListed,
    Rows,
    column,
    fixed,
    register,
    stored_rows,
    uuid_of,
)


def _imports(user: User | None) -> Any:
    return ImportBatch.objects.visible_to(user) if user else ImportBatch.objects.all()


def _batch(asked: Asked) -> ImportBatch:
    """The import that ?import= names, of those this person sees. Raises NotToBeListed."""
    batch = _imports(asked.user).filter(public_id=uuid_of(asked.query.get("import", ""), name="import")).first()
    if batch is None:
        raise NotToBeListed("import")
    return batch  # type: ignore[no-any-return]


def _problem_columns(asked: Asked) -> Sequence[ExportedColumn]:
    """The columns of the file as it came, with the line, the column and what is wrong."""
    return [ExportedColumn(head, _cell(index)) for index, head in enumerate(problem_heads(_batch(asked)))]


def _cell(index: int) -> Any:
    return lambda row: row[index] if index < len(row) else ""


def _problems(asked: Asked) -> Rows:
    batch = _batch(asked)
    return Rows(batch.problems.count(), problem_rows(batch))


def _submissions(asked: Asked) -> Rows:
    """Of the form that ?form= names; ?verdict= narrows it."""
    form = Form.objects.filter(public_id=uuid_of(asked.query.get("form", ""), name="form")).first()
    if form is None:
        raise NotToBeListed("form")
    rows = Submission.objects.filter(form=form).select_related("lead").order_by("-received_at", "-pk")
    verdict = asked.query.get("verdict", "")
    return stored_rows(rows.filter(verdict=verdict) if verdict in Verdict.values else rows)


register(
    ExportedList(
        key="imports",
        label=_("Imports"),
        columns=fixed(
            column("import", "public_id"),
            column("file", "file_name"),
            column("kind"),
            column("state"),
            column("rows"),
            column("new", "created"),
            column("changed", "updated"),
            column("as_before", "unchanged"),
            column("not_used", "rejected"),
            column("without_a_cell", "incomplete"),
            column("by", "created_by.email"),
            column("created_at"),
            column("finished_at"),
        ),
        rows=lambda asked: stored_rows(
            _imports(asked.user).select_related("created_by").order_by("-created_at", "-pk")
        ),
        roles=EDITING,
    )
)
register(
    ExportedList(
        key="import_problems",
        label=_("Rows not used"),
        columns=_problem_columns,
        rows=_problems,
        roles=EDITING,
        is_part=True,
        filters=("import",),
    )
)
register(
    ExportedList(
        key="submissions",
        label=_("Submissions"),
        columns=fixed(
            column("received_at"),
            column("verdict"),
            column("reason"),
            column("email", "lead.email"),
            column("page"),
            ExportedColumn("as_sent", lambda submission: json.dumps(submission.raw, ensure_ascii=False)),
        ),
        rows=_submissions,
        roles=EDITING,
        is_part=True,
        filters=("form", "verdict"),
    )
)
register(
    ExportedList(
        key="quarantine",
        label=_("Events that could not be used"),
        columns=fixed(
            column("received_at"),
            column("source"),
            column("code"),
            column("field"),
            column("detail"),
            column("as_sent", "raw"),
            column("replayed_at"),
        ),
        rows=lambda _asked: stored_rows(QuarantinedEvent.objects.order_by("-received_at", "-pk")),
        roles=(ADMINISTRATOR,),
    )
)
