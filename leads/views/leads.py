"""The list of leads, one lead, and writing one by hand."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from leads import panels
from leads.access import access_lead, may_edit
from leads.bulk.changing import MOST
from leads.consent.ledger import standing
from leads.correcting.addresses import is_unconfirmed
from leads.custom_fields.shown import shown_values
from leads.events import Agent
from leads.filter_groups import SHOWN, FilterGroups
from leads.forms.lead import NewLeadForm
from leads.forms.note import NoteForm
from leads.intake import take_leads
from leads.lead_tasks.lists import tasks_of
from leads.listing.columns import (
    BETWEEN,
    SHOW,
    VIEW,
    choices,
    chosen_columns,
    columns_to_choose,
    keep_columns,
    show_cells,
)
from leads.listing.saved_views import query_of
from leads.listing.sentence import groups, parts
from leads.merging.lead_duplicates import of_lead
from leads.merging.merging import survivor_behind
from leads.models import Lead
from leads.normalise import Refusal
from leads.ordering import LeadPages
from leads.timeline import Place, folded, timeline
from leads.views.bulk import doings
from leads.views.saved_views import LONGEST_QUERY, tabs
from lib import clock
from lib.pages import page_or_part, wants_part

may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def lead_list(request: SignedInRequest) -> HttpResponse:
    """The leads this person may see: searched, filtered, sorted, 50 a page."""
    visible, now = Lead.objects.visible_to(request.user), clock.now()
    chosen = FilterGroups(request.GET, leads=visible, user=request.user)
    pages = LeadPages(chosen.qs, sort=chosen.sort(), now=now)
    page = pages.get_page(request.GET.get("page"))
    offers = columns_to_choose(request.user)
    columns = chosen_columns(request, offers)
    show_cells(list(page.object_list), columns, request.user, now=now)
    shown, others = choices(columns, offers)
    context = {
        "title": _("Leads"),
        "page": page,
        "columns": columns,
        "shown_columns": shown,
        "other_columns": others,
        "is_choosing": SHOW in request.GET and VIEW not in request.GET,
        **tabs(request, query_of(request.GET, [column.key for column in columns])),
        "filter": chosen.shown_filter,
        "groups": groups(chosen, request.GET),
        "beside": list(chosen.beside_shown()),
        "another": chosen.free,
        "is_narrowing": SHOWN in request.GET or bool(chosen.errors),
        "chips": parts(chosen, request.GET),
        "is_empty": not page.object_list and not chosen.is_asked,
        "query": request.GET.urlencode(),
        "doings": doings(request.user),
        "choosable": page.paginator.count if page.paginator.count <= MOST else None,
        "may_add": request.user.has_role(*MANAGING),
        "may_import": request.user.has_role(*EDITING),
        "now": now,
    }
    return render(request, "leads/list.html", context)


@require_POST
@login_required
def lead_columns(request: SignedInRequest) -> HttpResponse:
    """Other columns, or in another order; what the list is narrowed to stays."""
    query = QueryDict(request.POST.get("query", "")[:LONGEST_QUERY])
    return redirect(keep_columns(request, request.POST.get("columns", "").split(BETWEEN), query))


@require_safe
@login_required
def lead_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One lead: who it is, where it came from, what it did, and what upper packages offer."""
    try:
        lead = access_lead(request.user, public_id)
    except Http404:
        survivor = survivor_behind(public_id)
        if survivor is None:
            raise
        return redirect("leads:detail", access_lead(request.user, survivor).public_id)
    below = Place.read(request.GET.get("before", ""))
    if below is not None and wants_part(request):
        now = clock.now()
        entries, older = timeline(lead, below=below, reader=request.user, now=now)
        context = {"lead": lead, "events": folded(entries), "older": older, "is_continued": True, "now": now}
        return page_or_part(request, "leads/detail.html", "leads/_timeline.html", context)
    return page_or_part(request, "leads/detail.html", "leads/_body.html", _page_of(request, lead, below))


@require_safe
@login_required
def lead_news(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The page's content once it is another than the mark in the address says; nothing (204) as long as it is not."""
    lead = access_lead(request.user, public_id)
    if panels.mark_of(lead) == request.GET.get("mark"):
        return HttpResponse(status=204)
    return render(request, "leads/_body.html", {**_page_of(request, lead, None), "is_part": True})


def _page_of(request: SignedInRequest, lead: Lead, below: Place | None) -> dict[str, object]:
    now, user = clock.now(), request.user
    mark = panels.mark_of(lead)  # before what it stands for is read: what comes meanwhile is fetched again
    entries, older = timeline(lead, below=below, reader=user, now=now)
    return {
        "title": lead.name,
        "lead": lead,
        "mark": mark,
        "custom_values": shown_values(lead, user=user),
        "deals": list(lead.deals.all()) if lead.is_closed or lead.customer_at else [],
        "is_address_unconfirmed": is_unconfirmed(lead),
        "consents": standing(lead.pk),
        "may_edit": may_edit(user, lead),
        "may_merge": user.has_role(*MANAGING),
        "may_erase": user.has_role(*EDITING),
        "note_form": NoteForm(),
        "identifiers": list(lead.identifiers.all()),
        "pairs": of_lead(lead) if user.has_role(*MANAGING) else [],
        "tasks": tasks_of(lead, now=now),
        "today": timezone.localdate(now),
        "panels": panels.offered(),
        "parts": panels.drawn(lead, request=request, user=user, now=now),
        "events": folded(entries),
        "older": older,
        "is_continued": below is not None,
        "now": now,
    }


@may_write
@role_required(*MANAGING)
def lead_new(request: SignedInRequest) -> HttpResponse:
    """A lead written by hand goes through the same door as all others."""
    form = NewLeadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        [result] = take_leads([form.lead_input()], agent=Agent(user=request.user), now=clock.now())
        if not isinstance(result, Refusal):
            lead = Lead.objects.get(pk=result.lead_id)
            told = {"created": _("The lead is new."), "updated": _("The lead was known; its details changed.")}
            messages.info(request, told.get(result.outcome, _("The lead was known; nothing changed.")))
            return redirect("leads:detail", lead.public_id)
        form.refuse(result)
    context = {"title": _("Add a lead"), "form": form}
    return render(request, "leads/form.html", context, status=422 if form.errors else 200)
