"""One company: who works there, what is known of it, and correcting that."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest
from accounts.roles import MANAGING
from leads import offered_columns
from leads.access import access_company
from leads.buying_roles import BuyingRole
from leads.company_facts import facts_of
from leads.correcting import companies
from leads.correcting.fields import Outdated, change_words, company_field_words, of_company, undoable, undone_words
from leads.custom_fields.shown import shown_of_company
from leads.events import Agent
from leads.forms.company import CorrectCompanyForm
from leads.listing.columns import show_cells
from leads.merging.company_duplicates import of_company as duplicates_of
from leads.models import BY_PERSON, Activity, Company, CompanyChange, CompanyMerge, Lead
from leads.normalise import Refusal
from leads.ordering import LeadPages
from leads.querysets import LeadQuerySet
from leads.timeline import touch_words
from lib import clock

may_write = require_http_methods(["GET", "HEAD", "POST"])
CHANGES_SHOWN = 10
ACTIVITIES_SHOWN = 15


@require_safe
@login_required
def company_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The people of the company whom this person may see, the best score first, and what is known of it."""
    try:
        company = access_company(request.user, public_id)
    except Http404:
        merge = CompanyMerge.objects.filter(merged_public_id=public_id, undone_at=None).first()
        if merge is None:
            raise
        return redirect("companies:detail", access_company(request.user, merge.survivor.public_id).public_id)
    now, columns = clock.now(), offered_columns.usual()
    best_first = next((f"-{column.key}" for column in columns if column.order), "name")
    people = Lead.objects.visible_to(request.user).filter(company=company)
    page = LeadPages(people, sort=request.GET.get("sort") or best_first, now=now).get_page(request.GET.get("page"))
    show_cells(list(page.object_list), columns, request.user, now=now)
    context = {
        "title": company.name,
        "company": company,
        "custom_values": shown_of_company(company, user=request.user),
        "facts": facts_of(company, people),
        "roles": _roles(people),
        "pairs": duplicates_of(company) if request.user.has_role(*MANAGING) else [],
        "activities": _activities(people),
        "page": page,
        "columns": columns,
        "changes": _changes(company),
        "now": now,
    }
    return render(request, "leads/companies/detail.html", context)


def _roles(people: LeadQuerySet) -> list[tuple[str, int]]:
    """How many play which part in buying; the part that nobody has said comes last."""
    counted = dict(people.order_by().values_list("buying_role").annotate(Count("pk")))
    return [(str(role.label), counted[role]) for role in (*BuyingRole,) if counted.get(role)]


def _activities(people: LeadQuerySet) -> list[Activity]:
    """What its people did last, each with `words`."""
    rows = Activity.objects.filter(lead__in=people.order_by().values("pk"), machine__in=BY_PERSON)
    latest = list(
        rows.select_related("lead", "type", "page", "asset", "campaign").order_by("-occurred_at", "-pk")[
            :ACTIVITIES_SHOWN
        ]
    )
    for activity in latest:
        activity.words = touch_words(activity)  # type: ignore[attr-defined]
    return latest


def _changes(company: Company) -> list[dict[str, object]]:
    known = of_company(company)
    return [
        {
            "change": change,
            "words": list(change_words(change.data["before"], change.data["after"], names=company_field_words)),
            "is_undoable": bool(undoable(change.data, known)),
        }
        for change in company.changes.select_related("actor")[:CHANGES_SHOWN]
    ]


@may_write
@login_required
def company_edit(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Corrects the company, for everybody who works there; what somebody else changed meanwhile is said (409)."""
    company = access_company(request.user, public_id)
    form = CorrectCompanyForm(request.POST or None, company=company, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = companies.correct_company(
                company_id=company.pk,
                values=form.stated(),
                seen=form.seen,
                agent=Agent(user=request.user),
                now=clock.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        except Outdated as error:
            form.outdate(error, who=_who(company, error))
            status = 409
        else:
            messages.info(request, _("The company changed.") if changed else _("Nothing was changed."))
            return redirect("companies:detail", company.public_id)
    if form.errors and status == 200:
        status = 422
    context = {
        "title": _("Correct %(name)s") % {"name": company.name},
        "form": form,
        "company": company,
        "people": company.leads.count(),
    }
    return render(request, "leads/companies/form.html", context, status=status)


@may_write
@login_required
def undo_correction(request: SignedInRequest, public_id: uuid.UUID, change_id: int) -> HttpResponse:
    """Says what would be as before (GET), and takes the correction back (POST)."""
    company = access_company(request.user, public_id)
    change = get_object_or_404(CompanyChange.objects.select_related("company"), pk=change_id, company=company)
    back = undoable(change.data, of_company(company))
    if request.method == "POST":
        try:
            undone, left = companies.undo_company(change_id=change.pk, agent=Agent(user=request.user), now=clock.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.info(request, undone_words(undone, left, names=company_field_words))
        return redirect("companies:detail", company.public_id)
    after = {name: change.data["after"][name] for name in back}
    context = {
        "title": _("Take a correction back"),
        "company": company,
        "consequences": list(change_words(after, back, names=company_field_words)),
    }
    return render(request, "leads/companies/undo.html", context)


def _who(company: Company, error: Outdated) -> dict[str, str]:
    """Who changed what, by name."""
    changes = CompanyChange.objects.filter(company=company).select_related("actor")
    last = {name: changes.filter(data__after__has_key=name).first() for name in error.current}
    return {name: str(change.actor or change.agent) for name, change in last.items() if change}
