"""Importing a file: upload, columns, preview, run, result. People see their own imports, administrators all."""

import uuid
from datetime import datetime
from typing import Any, BinaryIO, Final, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import EDITING
from capture.forms.imports import ColumnsForm, ReadAgainForm, TurnForm, UploadForm
from capture.importing import files, run, undo
from capture.importing.kinds.register import kind_of
from capture.importing.on_the_spot import define_own
from capture.importing.plan import (
    DateOrderUnknown,
    DecimalMarkUnknown,
    first_rows,
    new_batch,
    read_again,
    set_mapping,
    stages_of,
)
from capture.importing.preview import PAGE_ROWS, dry_run, id_only_words, sample
from capture.importing.problems import Unreadable
from capture.importing.unpacking import as_table
from capture.importing.waiting import pace_of, still_to_come, waits_for
from capture.models import ImportBatch, ImportUndo
from capture.tasks import run_import
from leads.custom_fields.definitions import CannotDefine
from leads.models import Channel
from leads.undoing.results import Results, told_results
from lib import clock
from lib.page_sizes import IMPORT_LIST_ROWS
from lib.pages import page_of

SHOWN_PROBLEMS: Final = 50
State = ImportBatch.State
may_import = role_required(*EDITING)


def access_import(user: User, public_id: uuid.UUID) -> ImportBatch:
    """The import, or 404 when it is somebody else's."""
    return get_object_or_404(ImportBatch.objects.visible_to(user).select_related("created_by"), public_id=public_id)


@require_safe
@may_import
def import_list(request: SignedInRequest) -> HttpResponse:
    """The imports this person may see, newest first."""
    batches = ImportBatch.objects.visible_to(request.user).select_related("created_by")
    page = page_of(request, batches, IMPORT_LIST_ROWS)
    return render(request, "capture/importing/list.html", {"title": _("Imports"), "page": page, "now": clock.now()})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_new(request: SignedInRequest) -> HttpResponse:
    """Takes a file, reads it once and guesses its columns; a file of no use is told why and not kept."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        file = cast("BinaryIO", upload.file)
        now = clock.now()
        try:
            with as_table(file, sheet=form.cleaned_data["sheet"]) as table:
                batch = new_batch(
                    table.file,
                    name=upload.name,
                    kind=form.cleaned_data["kind"],
                    time_zone=request.user.time_zone,
                    actor=request.user,
                    now=now,
                    sheet=table.sheet,
                    sheets=table.sheets,
                )
                batch.stored_as = files.store(table.file)
        except Unreadable as problem:
            form.add_error("file", str(problem))
        else:
            batch.save()
            return redirect("capture:import_columns", batch.public_id)
    context = {"title": _("Import a file"), "form": form}
    return render(request, "capture/importing/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_columns(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Says which column is which field; what was guessed is chosen already."""
    batch = access_import(request.user, public_id)
    if batch.state != State.UPLOADED:
        return redirect("capture:import_detail", batch.public_id)
    try:
        with files.stored(batch) as file:
            rows, stages = first_rows(batch, file, 20), stages_of(batch, file)
            form = ColumnsForm(request.POST or None, batch=batch, rows=rows, stages=stages)
            if request.method == "POST" and form.is_valid() and _take_over(batch, file, form):
                return redirect("capture:import_preview", batch.public_id)
    except Unreadable as problem:
        return _gone(request, batch, problem)
    context = {
        "title": _("Which column is what?"),
        "batch": batch,
        "form": form,
        "noun": kind_of(batch.kind).noun,
        "read_again": ReadAgainForm(
            initial={"kind": batch.kind, "encoding": batch.encoding, "delimiter": batch.delimiter}, auto_id="again_%s"
        ),
        "left_out": [name for i, name in enumerate(batch.columns) if name and i not in batch.mapping.values()],
    }
    return render(request, "capture/importing/columns.html", context, status=422 if form.errors else 200)


def _take_over(batch: ImportBatch, file: BinaryIO, form: ColumnsForm) -> bool:
    """Keeps the mapping; on a problem the form says it, and False."""
    batch.time_zone, batch.is_strict = form.cleaned_data["time_zone"], form.cleaned_data["is_strict"]
    batch.system, batch.fixed = form.cleaned_data["system"], form.fixed()
    batch.stages = form.stages() or batch.stages
    try:
        with transaction.atomic():
            mapping = form.mapping() | define_own(form.own(), batch=batch, now=clock.now())
            set_mapping(batch, file, mapping, orders=form.orders(), marks=form.marks())
    except DateOrderUnknown as problem:
        form.add_error("date_order", str(problem))
        return False
    except DecimalMarkUnknown as problem:
        form.add_error("decimal_mark", str(problem))
        return False
    except (Unreadable, CannotDefine) as problem:
        form.add_error(None, str(problem))
        return False
    batch.touched_at = clock.now()
    batch.save(
        update_fields=[
            "mapping",
            "fixed",
            "stages",
            "date_orders",
            "decimal_marks",
            "superseded",
            "time_zone",
            "is_strict",
            "system",
            "touched_at",
        ]
    )
    return True


@require_POST
@may_import
def import_read(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Reads the file again with another encoding, separator or kind, and guesses its columns anew."""
    batch = access_import(request.user, public_id)
    form = ReadAgainForm(request.POST, auto_id="again_%s")
    if batch.state != State.UPLOADED or not form.is_valid():
        return redirect("capture:import_columns", batch.public_id)
    try:
        with files.stored(batch) as file:
            read_again(batch, file, **form.cleaned_data)
    except Unreadable as problem:
        return _gone(request, batch, problem)
    batch.touched_at = clock.now()
    batch.save(
        update_fields=[
            "kind",
            "encoding",
            "delimiter",
            "columns",
            "rows",
            "preamble_lines",
            "mapping",
            "fixed",
            "stages",
            "system",
            "date_orders",
            "decimal_marks",
            "superseded",
            "touched_at",
        ]
    )
    return redirect("capture:import_columns", batch.public_id)


@never_cache
@require_safe
@may_import
def import_preview(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The first rows as they will be read, and what the import would do; nothing is stored."""
    batch = access_import(request.user, public_id)
    if batch.state != State.UPLOADED:
        return redirect("capture:import_detail", batch.public_id)
    now = clock.now()
    try:
        with files.stored(batch) as file:
            set_mapping(batch, file, batch.mapping, orders=batch.date_orders, marks=batch.decimal_marks)
            counts, qualifying = dry_run(batch, file, now=now, limit=PAGE_ROWS)
            problems = {problem.line: problem.message for problem in counts.problems if not problem.is_taken}
            labels, rows = sample(batch, file, problems=problems, now=now)
    except Unreadable:
        return redirect("capture:import_columns", batch.public_id)
    context = {
        "title": _("Check before importing"),
        "batch": batch,
        "labels": labels,
        "rows": rows,
        "counts": counts,
        "figures": _figures(batch, counts.created, counts.updated, counts.unchanged, counts.rejected),
        "problems": sorted(counts.problems, key=lambda problem: problem.is_taken)[:SHOWN_PROBLEMS],
        # Of the rows that were not tried nobody knows yet.
        "to_import": batch.rows - counts.rejected if counts.rows == batch.rows else batch.rows,
        "tried": counts.rows if counts.rows < batch.rows else 0,
        "qualifying": qualifying,
        "id_only": id_only_words(counts.id_only, batch.system),
        "new_leads": counts.new_leads if batch.kind != ImportBatch.Kind.LEADS else 0,
        "turn_form": TurnForm({"turn": batch.turn}) if kind_of(batch.kind).may_qualify else None,
        "pace": pace_of(qualifying, now=now) if kind_of(batch.kind).may_qualify else [],
    }
    return render(request, "capture/importing/preview.html", context)


@require_POST
@may_import
def import_run(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Starts the import. The row is the order; the task is a hint, and the sweeper finds what it misses."""
    batch = access_import(request.user, public_id)
    turn = TurnForm({"turn": request.POST.get("turn", batch.turn)})
    if not turn.is_valid():
        return redirect("capture:import_preview", batch.public_id)
    if batch.state == State.UPLOADED:
        try:
            with files.stored(batch) as file:  # what was only guessed has never been checked
                set_mapping(batch, file, batch.mapping, orders=batch.date_orders, marks=batch.decimal_marks)
        except Unreadable:
            return redirect("capture:import_columns", batch.public_id)
        with transaction.atomic():
            batch.turn = turn.cleaned_data["turn"]
            batch.save(update_fields=["date_orders", "decimal_marks", "superseded", "turn"])
            if run.start(batch.pk, now=clock.now()):
                transaction.on_commit(lambda: run_import.delay(batch.pk), robust=True)
    return redirect("capture:import_detail", batch.public_id)


@require_POST
@may_import
def import_discard(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Throws away an import that was not started, with its file."""
    batch = access_import(request.user, public_id)
    if files.discard(batch.pk):
        return redirect("capture:import_list")
    return redirect("capture:import_detail", batch.public_id)


@never_cache
@require_safe
@may_import
def import_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far the import is, or what came of it; to htmx only the part that changes."""
    batch = access_import(request.user, public_id)
    if batch.state == State.UPLOADED:
        return redirect("capture:import_columns", batch.public_id)
    now = clock.now()
    context = {
        "title": batch.file_name,
        "batch": batch,
        "is_under_way": batch.state in (State.READY, State.RUNNING),
        "rows_done": batch.created + batch.updated + batch.unchanged + batch.rejected,
        "figures": _figures(batch, batch.created, batch.updated, batch.unchanged, batch.rejected),
        "problems": batch.problems.order_by("is_taken", "line")[:SHOWN_PROBLEMS],
        "new_channels": Channel.objects.filter(pk__in=batch.new_channels),
        "may_qualify": kind_of(batch.kind).may_qualify,
        "has_new_leads": batch.leads.exists(),
        "waits_for": waits_for(batch, now=now) if batch.state in (State.READY, State.RUNNING) else "",
        "still_to_come": still_to_come(batch, now=now) if batch.state == State.DONE else [],
        "now": now,
        **_undoing(batch, now=now),
    }
    is_part = bool(request.htmx) and not request.htmx.boosted
    return render(request, "capture/importing/_state.html" if is_part else "capture/importing/detail.html", context)


def _undoing(batch: ImportBatch, *, now: datetime) -> dict[str, Any]:
    """Whether it can be undone, how far that is, or what came of it."""
    row = ImportUndo.objects.select_related("asked_by").filter(batch=batch).first()
    if row is None:
        return {"is_undoable": undo.is_undoable(batch, now=now)}
    row.batch = batch
    told = told_results(Results(row.results))
    return {"undo": row, "looked_at": undo.looked_at(row) if row.finished_at is None else row.total, **told}


def _gone(request: HttpRequest, batch: ImportBatch, problem: Unreadable) -> HttpResponse:
    context = {"title": batch.file_name, "batch": batch, "problem": str(problem)}
    return render(request, "capture/importing/gone.html", context, status=422)


def _figures(batch: ImportBatch, created: int, updated: int, unchanged: int, rejected: int) -> list[dict[str, str]]:
    labels = (*kind_of(batch.kind).figures, _("Not used"))
    numbers = (created, updated, unchanged, rejected)
    return [{"label": str(label), "value": f"{n:,}"} for label, n in zip(labels, numbers, strict=True) if label]
