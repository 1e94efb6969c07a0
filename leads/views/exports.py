"""The list of leads as a file."""

import tempfile
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest
from leads.events import Agent
from leads.exporting import files
from leads.filters import LeadFilter
from leads.models import Lead
from leads.ordering import LeadPages
from leads.views.leads import sort_of
from lib import clock

_TYPES: Final = {
    files.CSV: "text/csv; charset=utf-8",
    files.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_POST
@login_required
def lead_export(request: SignedInRequest) -> HttpResponseBase:
    """The leads of the list with these filters in this order, as far as this person sees them. It is recorded."""
    file_format = request.POST.get("format", files.CSV)
    now = clock.now()
    chosen = LeadFilter(request.GET, queryset=Lead.objects.visible_to(request.user), request=request)
    ids = LeadPages(chosen.qs, sort=sort_of(request, chosen), now=now).ids()
    back = f"{reverse('leads:list')}?{request.GET.urlencode()}"
    if file_format not in _TYPES:
        return redirect(back)
    if file_format == files.XLSX and len(ids) > files.MOST_IN_WORKBOOK:
        messages.error(
            request,
            _("A workbook holds at most %(most)s leads here, these are %(count)s. Take CSV, or narrow the list.")
            % {"most": f"{files.MOST_IN_WORKBOOK:,}", "count": f"{len(ids):,}"},
        )
        return redirect(back)
    query = request.GET.urlencode()
    files.record_export(file_format=file_format, count=len(ids), query=query, agent=Agent(user=request.user), now=now)
    columns = files.exported_columns(request.user)
    values = files.rows(ids, columns, now=now)
    answer: StreamingHttpResponse
    if file_format == files.CSV:
        answer = StreamingHttpResponse(files.csv_lines(columns, values), content_type=_TYPES[files.CSV])
    else:
        book = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (closed with the answer)
        files.write_workbook(book.name, columns, values)
        answer = FileResponse(book, content_type=_TYPES[files.XLSX])
    answer["Content-Disposition"] = f'attachment; filename="leads-{now:%Y-%m-%d}.{file_format}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
