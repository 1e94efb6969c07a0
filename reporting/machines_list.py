"""What stands behind a row of "Machines": each open, click and visit of a reason, or that programs did at a domain."""

from typing import Final

from django import forms
from django.db.models import QuerySet, Value
from django.db.models.functions import StrIndex, Substr
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING
from leads.models import BY_PERSON, Activity, Lead, Machine
from leads.timeline import touch_words
from lib import clock
from lib.page_sizes import ACTIVITY_ROWS
from lib.pages import page_of
from reporting.forms import DAYS, DayField
from reporting.machines_sql import KINDS
from reporting.periods import Period
from reporting.wording import span

REASONS: Final = {machine.name.lower(): machine for machine in Machine if machine != Machine.TAKEN_BACK}


class AskedForm(forms.Form):
    """Which activities: of a reason, or of programs at a mail domain (empty: of leads without an address)."""

    reason = forms.ChoiceField(choices=[(name, machine.label) for name, machine in REASONS.items()], required=False)
    domain = forms.CharField(max_length=254, required=False)
    starts_on = DayField()
    ends_on = DayField()

    def add_prefix(self, field_name: str) -> str:
        return next((name for name, field in DAYS.items() if field == field_name), field_name)

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


def address(period: Period, **of: str) -> str:
    """The address of the list of a reason or a domain in these days."""
    days = {name: str(day) for name, field in DAYS.items() if (day := getattr(period, field))}
    return f"{reverse('reporting:machines_list')}?{urlencode({**of, **days})}"


@require_safe
@role_required(*MANAGING)
def machines_list(request: SignedInRequest) -> HttpResponse:
    """Those that came last first, each with its lead and what it was taken for."""
    form = AskedForm(request.GET)
    if not form.is_valid():
        return render(request, "reporting/machines_list.html", {"title": _("Machines"), "form": form}, status=400)
    reason, domain = form.cleaned_data["reason"], form.cleaned_data["domain"]
    page = page_of(request, _meant(request.user, form).order_by("-pk"), ACTIVITY_ROWS)
    context = {
        "title": capfirst(REASONS[reason].label)
        if reason
        else _("Programs at %(domain)s") % {"domain": domain or _("no address")},
        "form": form,
        "span": span(form.period),
        "page": page,
        "rows": [{"activity": one, "words": touch_words(one)} for one in page.object_list],
        "leads_url": f"{reverse('leads:list')}?{urlencode({'q': domain})}" if domain and not reason else "",
        "now": clock.now(),
    }
    return render(request, "reporting/machines_list.html", context)


def _meant(user: User, form: AskedForm) -> QuerySet[Activity]:
    """The opens, clicks and visits that the row counts, of leads this person may see."""
    reason, domain, period = form.cleaned_data["reason"], form.cleaned_data["domain"], form.period
    done = Activity.objects.filter(lead__in=Lead.objects.visible_to(user), type__key__in=KINDS.values())
    if period.starts_at:
        done = done.filter(occurred_at__gte=period.starts_at)
    if period.ends_at:
        done = done.filter(occurred_at__lt=period.ends_at)
    if reason:
        done = done.filter(machine=REASONS[reason])
    else:
        done = done.exclude(machine__in=(*BY_PERSON, Machine.TAKEN_BACK))
        done = _at(done, domain)
    return done.select_related("lead", "type", "page", "asset", "campaign", "channel")


def _at(done: QuerySet[Activity], domain: str) -> QuerySet[Activity]:
    if not domain:
        return done.filter(lead__email_key=None)
    key = "lead__email_key"
    return done.alias(at=Substr(key, StrIndex(key, Value("@")) + 1)).filter(at=domain, lead__email_key__isnull=False)
