"""The page of a report, its drawing and its file. A question that cannot be read has sentences at its fields and no
numbers."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from lib import clock
from reporting.filters import TOUCH
from reporting.forms import DAYS, QuestionForm
from reporting.output import document
from reporting.presentation import choice, figures, table
from reporting.rendering import digest, svg
from reporting.report import Report
from reporting.reports import FILTERS, REPORTS
from reporting.tabs import address, tabs
from reporting.wording import span


@require_safe
@role_required(*MANAGING)
def report_page(request: SignedInRequest, key: str) -> HttpResponse:
    """The figures, the drawing and the table of one report."""
    report, now = REPORTS[key], clock.now()
    form = QuestionForm(request.GET, FILTERS)
    page = _page(request, report, form)
    if not form.is_valid():
        return render(request, "reporting/report.html", page, status=400)
    options = form.options(report.filters, now=now)
    result = report.find(options, now=now)
    page |= {
        "options": options,
        "choices": [choice(form, asked) for asked in report.filters_and_period if asked.applies(options)],
        "span": span(options.period),
        "rule": result.rule,
        "touch_rule": TOUCH.of(options).rule if TOUCH in report.filters and TOUCH.applies(options) else "",
        "notes": result.notes,
        "is_empty": result.is_empty,
    }
    if not result.is_empty:
        page |= {
            "headline": figures(report.headline, result),
            "figures": [*figures(report.figures, result), *result.figures],
            "chart": report.draw(result) if report.draw else None,
            "table": table(report, options, result),
            "footnote": result.footnote,
        }
    return render(request, "reporting/report.html", page)


@require_safe
@role_required(*MANAGING)
def chart(request: SignedInRequest, key: str) -> HttpResponse:
    """The drawing of a report as SVG; unchanged data are answered with 304."""
    report, form = REPORTS.get(key), QuestionForm(request.GET, FILTERS)
    if report is None or report.draw is None or not form.is_valid():
        raise Http404
    now = clock.now()
    spec = report.draw(report.find(form.options(report.filters, now=now), now=now)).spec
    tag = f'"{digest(spec)}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(svg(spec), content_type="image/svg+xml")
    response["ETag"] = tag
    # Numbers are for those who may see them, and may be others in a minute: kept by the browser, asked again.
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@role_required(*MANAGING)
def csv_file(request: SignedInRequest, key: str) -> HttpResponse:
    """The rows of a report as a CSV file, the same as `manage.py report` writes."""
    report, form = REPORTS.get(key), QuestionForm(request.GET, FILTERS)
    if report is None or not form.is_valid():
        raise Http404
    now = clock.now()
    rows = document(report, form.options(report.filters, now=now), now=now)
    response = HttpResponse(rows.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{report.key}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: SignedInRequest, report: Report, form: QuestionForm) -> dict[str, object]:
    """What a report page has with and without numbers: the question, the other reports, drawing and file."""
    parameters = form.parameters()
    return {
        "title": report.title,
        "question": report.question,
        "form": form,
        "choices": [choice(form, asked) for asked in report.filters_and_period],
        "hidden": [(name, value) for name, value in parameters.items() if name not in {*DAYS, "period"}],
        "time_zone": settings.TIME_ZONE,
        "tabs": tabs(report.key, parameters),
        "chart_url": address("reporting:chart", parameters, report.key),
        "csv_url": address("reporting:csv", parameters, report.key),
        "empty_template": report.empty_template,
        "may_import": request.user.has_role(*EDITING),
    }
