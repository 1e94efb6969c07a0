"""The report pages. A question that cannot be read is answered by sentences at its fields and no numbers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, MANAGING, MARKETING
from reporting.channels import channels
from reporting.charts import Chart, channels_chart, funnel_chart, volume_chart
from reporting.forms import OptionsForm
from reporting.funnel import funnel
from reporting.metrics import CUSTOMERS, MQL_TO_CUSTOMER, MQL_TO_SQL, MQLS, RATES, SQLS, STAGES
from reporting.options import By, Mode, Options, Segment, Touch
from reporting.periods import Preset, mature_before
from reporting.presentation import choice, figures, notes, span, volume_figures
from reporting.rendering import digest, svg
from reporting.segments import ENOUGH, segments
from reporting.tables import channels_table, funnel_table, segments_table, volume_table
from reporting.tabs import address, tabs
from reporting.volume import volume

CHOICES: Final[dict[str, Any]] = {"mode": Mode, "by": By, "touch": Touch, "segment": Segment, "period": Preset}
# What a channel or a kind of lead is judged by.
CONVERSION: Final = (MQLS, SQLS, CUSTOMERS, MQL_TO_SQL, MQL_TO_CUSTOMER)
# The drawing of each report, from its question.
CHARTS: Final[dict[str, Callable[[Options, datetime], Chart]]] = {
    "funnel": lambda options, now: funnel_chart(funnel(options, now=now)),
    "volume": lambda options, now: volume_chart(volume(options.period, now=now)),
    "channels": lambda options, now: channels_chart(channels(options, now=now)),
}


@require_safe
@role_required(*MANAGING)
def funnel_page(request: SignedInRequest) -> HttpResponse:
    """From lead to customer, as a cohort or as a period, by channel or by month."""
    now = timezone.now()
    page = _page(request, "funnel", _("Funnel"), ("mode", "by", "touch", "period"))
    if (options := page["options"]) is None:
        return render(request, "reporting/funnel.html", page, status=400)
    if options.by == By.MONTH:  # no channel is looked at
        page["choices"] = [one for one in page["choices"] if one.name != "touch"]
    report = funnel(options, now=now)
    page |= {
        "is_empty": not report.rows,
        "stages": figures(STAGES, report.totals, options),
        "rates": figures(RATES, report.totals, options),
        "notes": notes(options, report.totals, mature_before(now)),
        "chart": funnel_chart(report),
        "table": funnel_table(report),
    }
    return render(request, "reporting/funnel.html", page)


@require_safe
@role_required(*MANAGING)
def volume_page(request: SignedInRequest) -> HttpResponse:
    """MQLs per month, beside the month before and the same month a year before."""
    page = _page(request, "volume", _("MQLs per month"), ("period",))
    if (options := page["options"]) is None:
        return render(request, "reporting/mqls.html", page, status=400)
    report = volume(options.period, now=timezone.now())
    page |= {
        "is_empty": not report.mqls,
        "figures": volume_figures(report),
        "chart": volume_chart(report),
        "table": volume_table(report),
    }
    return render(request, "reporting/mqls.html", page)


@require_safe
@role_required(*MANAGING)
def channels_page(request: SignedInRequest) -> HttpResponse:
    """Which channels bring MQLs, and which of those become SQLs and customers."""
    now = timezone.now()
    page = _page(request, "channels", _("Channels"), ("mode", "touch", "period"))
    if (options := page["options"]) is None:
        return render(request, "reporting/mqls.html", page, status=400)
    report = channels(options, now=now)
    page |= {
        "is_empty": not report.totals.mqls,
        "figures": figures(CONVERSION, report.totals, options),
        "notes": notes(options, report.totals, mature_before(now)),
        "chart": channels_chart(report),
        "table": channels_table(report),
    }
    return render(request, "reporting/mqls.html", page)


@require_safe
@role_required(*MANAGING)
def segments_page(request: SignedInRequest) -> HttpResponse:
    """Which kind of lead becomes a customer: by title, size, industry, country, campaign or persona."""
    now = timezone.now()
    page = _page(request, "segments", _("Who converts"), ("segment", "period"))
    if (options := page["options"]) is None:
        return render(request, "reporting/segments.html", page, status=400)
    report = segments(options, now=now)
    page |= {
        "is_empty": not report.totals.mqls,
        "rule": options.mode.rule,
        "enough": ENOUGH,
        "figures": figures(CONVERSION, report.totals, options),
        "notes": notes(options, report.totals, mature_before(now)),
        "table": segments_table(report),
    }
    return render(request, "reporting/segments.html", page)


@require_safe
@role_required(*MANAGING)
def chart(request: SignedInRequest, name: str) -> HttpResponse:
    """The drawing of a report as SVG; unchanged data are answered with 304."""
    form = OptionsForm(request.GET)
    if name not in CHARTS or not form.is_valid():
        raise Http404
    now = timezone.now()
    spec = CHARTS[name](form.options(now=now), now).spec
    tag = f'"{digest(spec)}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(svg(spec), content_type="image/svg+xml")
    answer["ETag"] = tag
    # Numbers are for those who may see them, and may be others in a minute: kept by the browser, asked again.
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _page(request: SignedInRequest, name: str, title: str, asked: tuple[str, ...]) -> dict[str, Any]:
    """What every report page has: its question, the links that change it, and the other reports."""
    form = OptionsForm(request.GET)
    options = form.options(now=timezone.now()) if form.is_valid() else None
    parameters = form.parameters()
    days = {"from", "to", "period"}
    return {
        "title": title,
        "form": form,
        "options": options,
        "choices": [choice(form, one, CHOICES[one]) for one in asked],
        "kept": [(key, value) for key, value in parameters.items() if key not in days],
        "span": span(options.period) if options else "",
        "rule": options.mode.rule if options and "mode" in asked else "",
        "touch_rule": options.touch.rule if options and "touch" in asked and options.by == By.CHANNEL else "",
        "time_zone": settings.TIME_ZONE,
        "tabs": tabs(name, parameters),
        "chart_url": address("reporting:chart", parameters, name),
        "may_import": request.user.has_role(MARKETING, ADMINISTRATOR),
    }
