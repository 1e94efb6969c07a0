"""Leads and companies while somebody types in the search."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest
from leads.models import Company, Lead
from lib.folding import fold
from lib.text import storable

LEADS_SHOWN: Final = 6
COMPANIES_SHOWN: Final = 4
# Shorter texts begin half of all words.
SHORTEST: Final = 2
LONGEST: Final = 200


@never_cache
@require_POST
@login_required
def suggest(request: SignedInRequest) -> HttpResponse:
    """The first leads and companies with words that begin so. It is a POST, so that what is typed is in no address."""
    text = storable(request.POST.get("q", "")).strip()[:LONGEST]
    key = fold(text)
    is_enough = len(key) >= SHORTEST
    leads = Lead.objects.visible_to(request.user).search(text).select_related("company")[:LEADS_SHOWN]
    companies = Company.objects.visible_to(request.user).filter(name_key__startswith=key).order_by("name_key", "pk")
    context = {
        "text": text,
        "is_enough": is_enough,
        "leads": sorted(leads, key=lambda lead: fold(lead.name)) if is_enough else [],
        "companies": companies[:COMPANIES_SHOWN] if is_enough else [],
    }
    return render(request, "leads/_suggestions.html", context)
