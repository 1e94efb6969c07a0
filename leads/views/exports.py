"""Lists as files: at once where they are short, else written by a worker while their page says how far it is."""

import tempfile
import uuid
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest
from leads.events import Agent
from leads.exporting import background, files
from leads.exporting.lists import Asked, ExportedList, NotToBeListed, Rows, UnknownList, listed, lists_for
from leads.models import ExportFile, LeadExport
from leads.tasks import write_export
from lib import clock
from lib.pages import page_or_part

SHOWN: Final = 20
_CSV, _XLSX = files.CSV, files.XLSX


@require_safe
@login_required
def export_list(request: SignedInRequest) -> HttpResponse:
    """The lists this person may export, and what they exported lately."""
    exports = LeadExport.objects.filter(actor=request.user).select_related("file").order_by("-at", "-pk")[:SHOWN]
    names = {one.key: one.label for one in lists_for(request.user)}
    context = {
        "title": _("Exports"),
        "lists": lists_for(request.user),
        "exports": [(export, names.get(export.listed, export.listed), _file_of(export)) for export in exports],
        "now": clock.now(),
    }
    return render(request, "leads/exporting/list.html", context)


def _file_of(export: LeadExport) -> ExportFile | None:
    return getattr(export, "file", None)


@require_POST
@login_required
def export(request: SignedInRequest, key: str) -> HttpResponseBase:
    """The rows of the list with these filters in this order, as far as this person sees them. It is recorded."""
    one = _listed(request, key)
    file_format, now = request.POST.get("format", _CSV), clock.now()
    asked = Asked(request.user, request.GET, now)
    try:
        rows = one.rows(asked)
    except NotToBeListed as problem:
        messages.error(request, _("This cannot be exported: %(names)s cannot be used.") % {"names": problem})
        return redirect(_back(request))
    if file_format not in files.FORMATS:
        return redirect(_back(request))
    if file_format == _XLSX and rows.count > files.MOST_IN_WORKBOOK:
        messages.error(
            request,
            _("A workbook holds at most %(most)s rows, these are %(count)s. Take CSV, or narrow the list.")
            % {"most": f"{files.MOST_IN_WORKBOOK:,}", "count": f"{rows.count:,}"},
        )
        return redirect(_back(request))
    query = request.GET.urlencode()
    if rows.count > background.AT_ONCE:
        with transaction.atomic():
            owed = background.ask(
                one, file_format=file_format, count=rows.count, query=query, user=request.user, now=now
            )
            transaction.on_commit(lambda: write_export.delay(owed.pk), robust=True)
        return redirect("exports:detail", owed.public_id)
    files.record_export(
        listed=one.key, file_format=file_format, count=rows.count, query=query, agent=Agent(user=request.user), now=now
    )
    return _answer(one, rows, asked, file_format)


def _listed(request: SignedInRequest, key: str) -> ExportedList:
    """404 for a list there is none of, 403 for one that is not this person's."""
    try:
        one = listed(key)
    except UnknownList:
        raise Http404 from None
    if not request.user.has_role(*one.roles):
        raise PermissionDenied
    return one


def _back(request: SignedInRequest) -> str:
    """The page they came from, when it is one of ours."""
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if is_ours else "exports:list"


def _answer(one: ExportedList, rows: Rows, asked: Asked, file_format: str) -> HttpResponseBase:
    columns = one.columns(asked)
    values = files.cells(columns, rows.each)
    answer: StreamingHttpResponse
    if file_format == _CSV:
        answer = StreamingHttpResponse(files.csv_lines(columns, values), content_type=files.TYPES[_CSV])
    else:
        book = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (closed with the answer)
        files.write_workbook(book.name, columns, values, title=str(one.label))
        answer = FileResponse(book, content_type=files.TYPES[_XLSX])
    return _as_download(answer, f"{one.key}-{asked.now:%Y-%m-%d}.{file_format}")


def _as_download(answer: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _owed(request: SignedInRequest, public_id: uuid.UUID) -> ExportFile:
    """What this person asked for, or 404."""
    mine = ExportFile.objects.filter(export__actor=request.user).select_related("export")
    return get_object_or_404(mine, public_id=public_id)


@never_cache
@require_safe
@login_required
def export_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """How many rows of how many are written, and then the file; to htmx only the part that changes."""
    row = _owed(request, public_id)
    context = {
        "title": _("Export: %(name)s") % {"name": _name_of(row)},
        "file": row,
        "export": row.export,
        "now": clock.now(),
    }
    return page_or_part(request, "leads/exporting/detail.html", "leads/exporting/_state.html", context)


def _name_of(row: ExportFile) -> str:
    try:
        return str(listed(row.export.listed).label)
    except UnknownList:
        return row.export.listed


@never_cache
@require_safe
@login_required
def export_download(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file, for who asked for it, for a day, while they may still see the list."""
    row = _owed(request, public_id)
    _listed(request, row.export.listed)
    if not row.stored_as or not default_storage.exists(row.stored_as):
        raise Http404
    content_type = files.TYPES[row.export.file_format]
    answer = FileResponse(default_storage.open(row.stored_as, "rb"), content_type=content_type)
    return _as_download(answer, f"{row.export.listed}-{row.export.at:%Y-%m-%d}.{row.export.file_format}")
