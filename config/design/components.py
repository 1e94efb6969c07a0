"""The component sheet: every component with made-up data, on one page, for whoever builds the next page."""

from dataclasses import dataclass
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

from leads.models import Stage, Status
from lib import clock
from lib.widgets import TextArea
from scoring.models import Gate


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
    note = forms.CharField(label=_("Note"), widget=TextArea, required=False)
    keep = forms.BooleanField(
        label=_("Keep the lead in nurture"), required=False, help_text=_("It is scored as before.")
    )


@dataclass(frozen=True, kw_only=True)
class SampleLead:
    """What the table of leads shows of one."""

    name: str
    company: str
    stage_choice: Stage
    status_choice: Status
    fit: int
    engagement: int

    @property
    def total(self) -> int:
        return self.fit + self.engagement

    @property
    def grade(self) -> str:
        return f"{'ABCD'[max(0, 3 - self.fit // 8)]}{max(1, 4 - self.engagement // 8)}"


LEADS = [
    SampleLead(
        name="Ana Rodrigues",
        company="Lisbon Freight",
        stage_choice=Stage.MQL,
        status_choice=Status.AWAITING_SALES,
        fit=25,
        engagement=17,
    ),
    SampleLead(
        name="Bernhard Müller-Lüdenscheidt",
        company="Vereinigte Maschinenbau Süd GmbH & Co. KG",
        stage_choice=Stage.LEAD,
        status_choice=Status.NURTURING,
        fit=10,
        engagement=4,
    ),
    SampleLead(
        name="Chidi Okafor",
        company="Okafor & Sons",
        stage_choice=Stage.SAL,
        status_choice=Status.WORKING,
        fit=15,
        engagement=30,
    ),
    SampleLead(
        name="Dana Whitfield",
        company="Hollow Oak Software",
        stage_choice=Stage.CUSTOMER,
        status_choice=Status.CONVERTED,
        fit=25,
        engagement=45,
    ),
    SampleLead(
        name="Eun-ji Park",
        company="Park Dental",
        stage_choice=Stage.LEAD,
        status_choice=Status.RECYCLED,
        fit=0,
        engagement=22,
    ),
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
            "gate": Gate.NONE,
        },
        {
            "name": "Company of 50 to 500 employees",
            "detail": "Employees: 120",
            "points": 10,
            "matched": True,
            "gate": Gate.REQUIRED,
        },
        {
            "name": "Downloads",
            "detail": "3 downloads × 5, at most 2 → 10",
            "points": 10,
            "matched": True,
            "gate": Gate.NONE,
        },
        {
            "name": "E-mail opened after a download",
            "detail": "1 open × 2 → 2",
            "points": 2,
            "matched": True,
            "gate": Gate.NONE,
        },
        {
            "name": "Joined the partner programme",
            "detail": "No activity of this kind",
            "points": 0,
            "matched": False,
            "gate": Gate.FAST_TRACK,
        },
        {
            "name": "Works for a competitor",
            "detail": "Company is not on the list",
            "points": 0,
            "matched": False,
            "gate": Gate.BLOCKS,
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
