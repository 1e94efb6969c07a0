"""The list of leads, one lead, and writing one by hand."""

import uuid
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR, MANAGING, MARKETING
from leads.access import access_lead
from leads.editing import correct
from leads.events import Agent
from leads.filters import LeadFilter
from leads.forms.lead import CorrectLeadForm, NewLeadForm
from leads.intake import take_leads
from leads.models import Lead
from leads.normalise import Refusal
from leads.querysets import LeadQuerySet
from leads.timeline import timeline
from lib.pages import page_or_part

PAGE: Final = 50
may_write = require_http_methods(["GET", "HEAD", "POST"])
# What the list can be sorted by; only these names reach the database. The score is the upper package's row of the lead.
ORDERS: Final = {
    "name": ("last_name", "first_name", "email"),
    "stage": ("stage",),
    "score": ("score__total",),
    "seen": ("last_touch_at",),
    "created": ("created_at",),
}
BY_CHANGE: Final = ("change", "-change")


@require_safe
@login_required
def lead_list(request: SignedInRequest) -> HttpResponse:
    """The leads this person may see: searched, filtered, sorted, 50 a page."""
    visible, now = Lead.objects.visible_to(request.user), timezone.now()
    chosen = LeadFilter(request.GET, queryset=visible, request=request)
    page = _page(request, chosen.qs, now=now)
    context = {
        "title": _("Leads"),
        "page": page,
        "filter": chosen,
        "chips": _chips(request, chosen),
        "is_empty": not page.object_list and not any(request.GET.get(name) for name in chosen.filters),
        "may_add": request.user.has_role(*MANAGING),
        "may_import": request.user.has_role(MARKETING, ADMINISTRATOR),
        "now": now,
    }
    return render(request, "leads/list.html", context)


class KeyPaginator(Paginator[int]):
    """Pages of keys that are costly to put in order; how many there are is asked of the leads themselves."""

    def __init__(self, leads: LeadQuerySet, *, falling: bool, now: datetime) -> None:
        super().__init__(leads.keys_by_score_change(falling=falling, now=now), PAGE)
        self._leads = leads

    @cached_property
    def count(self) -> int:
        return self._leads.count()


def _page(request: HttpRequest, leads: LeadQuerySet, *, now: datetime) -> Page[Lead]:
    """The page asked for, each lead with what its row shows."""
    asked, number = request.GET.get("sort", ""), request.GET.get("page")
    shown = leads.select_related("company", "owner", "first_channel", "score").with_score_change(now=now)
    if asked not in BY_CHANGE:
        return Paginator(_ordered(shown, asked), PAGE).get_page(number)
    keys = KeyPaginator(leads, falling=asked.startswith("-"), now=now).get_page(number)
    rows = {lead.pk: lead for lead in shown.filter(pk__in=list(keys.object_list))}
    found = [rows[key] for key in keys.object_list if key in rows]
    return Page(found, keys.number, keys.paginator)  # type: ignore[arg-type]


def _ordered(leads: LeadQuerySet, asked: str) -> LeadQuerySet:
    name = asked.removeprefix("-")
    if name not in ORDERS:
        return leads.order_by("-created_at", "-pk")
    falling = asked.startswith("-")
    return leads.order_by(
        *(F(path).desc(nulls_last=True) if falling else F(path).asc(nulls_last=True) for path in ORDERS[name]),
        "-pk" if falling else "pk",
    )


def _chips(request: HttpRequest, chosen: LeadFilter) -> list[dict[str, str]]:
    """The filters in force as words, each with the address that takes it away."""
    chips = []
    for name, field in chosen.form.fields.items():
        value = request.GET.get(name, "").strip()
        if not value or (chosen.is_bound and name in chosen.form.errors):
            continue
        query = request.GET.copy()
        for gone in (name, "page"):
            query.pop(gone, None)
        shown = chosen.form.cleaned_data.get(name)
        words = str(dict(getattr(field, "choices", ())).get(value, shown)) if not hasattr(shown, "pk") else str(shown)
        chips.append({"text": f"{field.label}: {words}", "remove_url": f"?{query.urlencode()}"})
    return chips


@require_safe
@login_required
def lead_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One lead: who it is, where it came from, what it did; score and handoffs are loaded by their own addresses."""
    lead = access_lead(request.user, public_id)
    entries, older = timeline(lead, before=_before(request))
    context = {
        "title": lead.name,
        "lead": lead,
        "events": entries,
        "older": older,
        "is_continued": bool(_before(request)),
        "now": timezone.now(),
    }
    return page_or_part(request, "leads/detail.html", "leads/_timeline.html", context)


def _before(request: HttpRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.GET.get("before", ""))
        return moment.astimezone(UTC) if moment is not None and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):
        return None


@may_write
@role_required(*MANAGING)
def lead_new(request: SignedInRequest) -> HttpResponse:
    """A lead written by hand goes through the same door as all others."""
    form = NewLeadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        [result] = take_leads([form.lead_input()], agent=Agent(user=request.user), now=timezone.now())
        if not isinstance(result, Refusal):
            lead = Lead.objects.get(pk=result.lead_id)
            told = {"created": _("The lead is new."), "updated": _("The lead was known; its details changed.")}
            messages.info(request, told.get(result.outcome, _("The lead was known; nothing changed.")))
            return redirect("leads:detail", lead.public_id)
        form.refuse(result)
    context = {"title": _("Add a lead"), "form": form}
    return render(request, "leads/form.html", context, status=422 if form.errors else 200)


@may_write
@login_required
def lead_edit(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Corrects the details of a lead."""
    lead = access_lead(request.user, public_id, to="edit")
    form = CorrectLeadForm(request.POST or None, instance=lead)
    if request.method == "POST" and form.is_valid():
        changed = correct(lead_id=lead.pk, values=form.cleaned_data, agent=Agent(user=request.user), now=timezone.now())
        messages.info(request, _("The details changed.") if changed else _("Nothing was changed."))
        return redirect("leads:detail", lead.public_id)
    context = {"title": _("Correct %(name)s") % {"name": lead.name}, "form": form, "lead": lead}
    return render(request, "leads/form.html", context, status=422 if form.errors else 200)
