"""The API of reports: what there is, and the rows of one, as `manage.py report` writes them."""

from datetime import datetime
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lib import clock
from lib.api import refuse_unknown
from reporting.api.scopes import REPORTS_READ
from reporting.api.serializers import PARAMETERS, RESULT, ReportListSerializer
from reporting.filters import Options
from reporting.forms import DAYS, QuestionForm
from reporting.output import document
from reporting.report import Report
from reporting.reports import REPORTS


class ReportsView(APIView):
    """Every report with its question, its filters and the columns of its rows."""

    scopes: ClassVar = {"GET": REPORTS_READ}

    @extend_schema(operation_id="reports_list", responses=ReportListSerializer)
    def get(self, request: Request) -> Response:
        refuse_unknown(request, ())
        return Response(ReportListSerializer({"results": list(REPORTS.values())}).data)


class ReportView(APIView):
    """One report."""

    scopes: ClassVar = {"GET": REPORTS_READ}

    @extend_schema(parameters=PARAMETERS, responses=RESULT)
    def get(self, request: Request, key: str) -> Response:
        """The rows and totals of a report. 400 names the parameter that cannot be used."""
        report = REPORTS.get(key)
        if report is None:
            raise exceptions.NotFound(f"There is no such report. Known: {', '.join(REPORTS)}.")
        now = clock.now()
        return Response(document(report, _options(request, report, now=now), now=now).body)


def _options(request: Request, report: Report, *, now: datetime) -> Options:
    """The question in the address; raises ValidationError by parameter."""
    filters = report.filters_and_period
    refuse_unknown(request, {*(asked.name for asked in filters), *DAYS})
    form = QuestionForm(request.query_params, filters)
    if not form.is_valid():
        raise exceptions.ValidationError(form.sentences())
    return form.options(report.filters, now=now)
