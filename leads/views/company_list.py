"""The list of companies: looked for by name, in an order, page by page."""

import uuid
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from leads.company_list import labels, orders, page_of
from leads.models import Company, Lead
from leads.querysets import CompanyQuerySet
from lib import clock
from lib.folding import fold
from lib.page_sizes import MOST_COUNTED
from lib.text import storable

LONGEST: Final = 200


@require_safe
@role_required(*ROLES)
def company_list(request: SignedInRequest) -> HttpResponse:
    """The companies this person may see: those whose names begin so, 50 a page."""
    visible = Company.objects.visible_to(request.user)
    text = storable(request.GET.get("q", "")).strip()[:LONGEST]
    companies = visible.filter(name_key__startswith=fold(text)) if text else visible
    known = orders()
    order = known.get(request.GET.get("sort", "")) or next(iter(known.values()))
    after = _after(companies, request.GET.get("after", ""))
    listed, has_more = page_of(companies, Lead.objects.visible_to(request.user), order=order, after=after)
    counted = companies.order_by()[: MOST_COUNTED + 1].count()
    context = {
        "title": _("Companies"),
        "listed": listed,
        "labels": labels(),
        "orders": list(known.values()),
        "order": order,
        "text": text,
        "count": min(counted, MOST_COUNTED),
        "is_more": counted > MOST_COUNTED,
        "is_empty": not counted and not text,
        "next": listed[-1].company.public_id if has_more and listed else None,
        "is_continued": after is not None,
        "now": clock.now(),
    }
    return render(request, "leads/companies/list.html", context)


def _after(companies: CompanyQuerySet, text: str) -> Company | None:
    """The last company of the page before; one that is gone begins the list anew."""
    try:
        public_id = uuid.UUID(text)
    except ValueError:
        return None
    return companies.filter(public_id=public_id).first()
