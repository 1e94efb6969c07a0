"""The component sheet: every component with made-up data, on one page, for whoever builds the next page."""

from datetime import datetime, timedelta
from pathlib import Path

from django import forms
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from lib import clock


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As the person writes it."))
    email = forms.EmailField(label=_("E-mail"))
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), ("fit", _("Wrong kind of company")), ("dup", _("Duplicate"))],
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        widget=forms.RadioSelect,
        choices=[("web", _("Website")), ("event", _("Event"))],
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    keep = forms.BooleanField(
        label=_("Keep the lead in nurture"), required=False, help_text=_("It is scored as before.")
    )


def _lead(
    name: str, company: str, stage: tuple[str, str], status: tuple[str, str], *, fit: int, engagement: int
) -> dict[str, object]:
    return {
        "name": name,
        "company": company,
        "stage": stage[0],
        "get_stage_display": stage[1],
        "status": status[0],
        "get_status_display": status[1],
        "fit": fit,
        "engagement": engagement,
        "total": fit + engagement,
        "grade": f"{'ABCD'[max(0, 3 - fit // 8)]}{max(1, 4 - engagement // 8)}",
    }


LEADS = [
    _lead(
        "Ana Rodrigues",
        "Lisbon Freight",
        ("mql", "MQL"),
        ("awaiting_sales", "Awaiting sales"),
        fit=25,
        engagement=17,
    ),
    _lead(
        "Bernhard Müller-Lüdenscheidt",
        "Vereinigte Maschinenbau Süd GmbH & Co. KG",
        ("lead", "Lead"),
        ("nurturing", "Nurturing"),
        fit=10,
        engagement=4,
    ),
    _lead("Chidi Okafor", "Okafor & Sons", ("sal", "SAL"), ("working", "Working"), fit=15, engagement=30),
    _lead(
        "Dana Whitfield",
        "Hollow Oak Software",
        ("customer", "Customer"),
        ("converted", "Converted"),
        fit=25,
        engagement=45,
    ),
    _lead("Eun-ji Park", "Park Dental", ("lead", "Lead"), ("recycled", "Recycled"), fit=0, engagement=22),
]

BREAKDOWN = {
    "total": 37,
    "threshold": 30,
    "fit": 25,
    "engagement": 12,
    "lines": [
        {
            "name": "Executive title",
            "detail": "Job title is Chief Operating Officer",
            "points": 15,
            "matched": True,
            "gate": "none",
        },
        {
            "name": "Company of 50 to 500 employees",
            "detail": "Employees: 120",
            "points": 10,
            "matched": True,
            "gate": "required",
        },
        {
            "name": "Downloads",
            "detail": "3 downloads × 5, at most 2 → 10",
            "points": 10,
            "matched": True,
            "gate": "none",
        },
        {
            "name": "E-mail opened after a download",
            "detail": "1 open × 2 → 2",
            "points": 2,
            "matched": True,
            "gate": "none",
        },
        {
            "name": "Joined the partner programme",
            "detail": "No activity of this kind",
            "points": 0,
            "matched": False,
            "gate": "fast_track",
        },
        {
            "name": "Works for a competitor",
            "detail": "Company is not on the list",
            "points": 0,
            "matched": False,
            "gate": "blocks",
        },
    ],
}

TABS = [
    {"label": _("Waiting"), "url": "#", "is_current": True, "count": 7},
    {"label": _("Accepted"), "url": "#a", "count": 23},
    {"label": _("Given back"), "url": "#g", "count": 4},
]
CHIPS = [
    {"text": _("from organic search"), "remove_url": "?a"},
    {"text": _("at stage MQL"), "remove_url": "?b"},
]
FIGURES = [
    {
        "label": _("Leads"),
        "value": "4,171",
        "note": _("imported or tracked in March"),
        "url": "#",
    },
    {
        "label": _("MQL to SQL"),
        "value": "38.2%",
        "definition": _("SQLs divided by MQLs of the same month."),
    },
    {"label": _("Median time to answer"), "value": "3 h 20 min", "unit": ""},
    {"label": _("Answered in time"), "value": "94.1%", "note": _("16 of 17")},
]
CONSEQUENCES = [
    _("It goes back to nurture."),
    _("Marketing reads your reason in the weekly report."),
]


def _events(now: datetime) -> list[dict[str, object]]:
    return [
        {
            "at": now - timedelta(minutes=12),
            "sentence": "Passed to Chidi Okafor of sales",
            "icon": "baton",
            "meaning": "accent",
            "detail": "Least loaded of four reps who are in: 2 of 10 leads.",
        },
        {
            "at": now - timedelta(hours=3),
            "sentence": "Downloaded “Buying guide 2026”",
            "icon": "download",
            "url": "#",
        },
        {
            "at": now - timedelta(hours=9),
            "sentence": "Opened “Three questions before you buy”",
            "icon": "mail",
            "meaning": "machine",
            "detail": "A link scanner opened every link within a second: worth nothing.",
        },
        {
            "at": now - timedelta(days=4),
            "sentence": "The 24 hours passed without an answer",
            "icon": "late",
            "meaning": "late",
        },
        {"at": now - timedelta(days=90), "sentence": "First seen on the pricing page", "icon": "eye"},
    ]


def components(request: HttpRequest) -> HttpResponse:
    """Show the sheet; ?toasts=1 adds one message of each level."""
    now = clock.now()
    if "toasts" in request.GET:
        messages.info(request, "The import runs; this page shows how far it is.")
        messages.success(request, "You accepted Ana Rodrigues. Call before 16:40.")
        messages.warning(request, "3 lines had no e-mail and were left out.")
        messages.error(request, "Maria Silva accepted this lead two minutes before you.")
    wrong = SampleForm({"name": "Ana", "email": "ana@", "reason": ""})
    return render(
        request,
        "config/design/components.html",
        {
            "title": _("Components"),
            "now": now,
            "leads": LEADS,
            "breakdown": BREAKDOWN,
            "events": _events(now),
            "page": Paginator(range(4171), 50).get_page(request.GET.get("page", 3)),
            "form": SampleForm(auto_id="blank_%s"),
            "wrong_form": wrong,
            "clocks": [
                {"since": now - timedelta(hours=24 - left), "due": now + timedelta(hours=left)}
                for left in (18.8, 2.2, -3.1)
            ],
            "tabs": TABS,
            "chips": CHIPS,
            "figures": FIGURES,
            "columns": [_("Month"), _("MQLs"), _("SQLs")],
            "rows": [["March", 120, 44], ["April", 98, 39], ["May", 143, 61]],
            "chart_url": static("design/chart.svg"),
            "icons": sorted(path.stem for path in Path(str(finders.find("icons/baton.svg"))).parent.glob("*.svg")),
            "consequences": CONSEQUENCES,
        },
    )
