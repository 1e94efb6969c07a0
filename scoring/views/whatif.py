"""The what-if as a page, and its short form on the page of the agreement."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import MANAGING
from leads.models import Lead
from lib import clock
from lib.pages import page_or_part
from scoring.engine.definition import Definition, in_force, load
from scoring.models import Criteria
from scoring.models.criteria import EDITABLE
from scoring.whatif.form import WhatIfForm, as_address, as_query
from scoring.whatif.numbers import Numbers, as_numbers, ask, estimate, shadow
from scoring.whatif.sample import draw
from scoring.whatif.shown import drawn_from, shown

# With more leads than this an estimate comes first.
COUNTED_AT_ONCE: Final = 100_000


@require_safe
@role_required(*MANAGING)
def what_if(request: SignedInRequest) -> HttpResponse:
    """The numbers asked for, and what they would mean today. Nothing is changed, whoever asks."""
    now = clock.now()
    criteria = in_force()
    context: dict[str, object] = {"title": _("What if"), "in_force": criteria, "now": now}
    status = 200
    if criteria is not None:
        definition = load(criteria)
        form = WhatIfForm(definition, request.GET)
        context |= {"form": form}
        if form.is_valid():
            context |= _answered(definition, form.numbers, request, now=now)
        else:
            status = 422  # which htmx takes, so that the sentences arrive at their fields
    return page_or_part(request, "scoring/whatif/what_if.html", "scoring/whatif/_what_if.html", context, status=status)


def _answered(
    definition: Definition, numbers: Numbers, request: SignedInRequest, *, now: datetime
) -> dict[str, object]:
    """Where there are many leads, first an estimate, and the address at which every lead is counted."""
    leads = Lead.objects.count()
    is_first = leads > COUNTED_AT_ONCE and request.GET.get("count") != "all"
    if is_first:
        answer = estimate(definition, numbers, draw(leads=leads), now=now)
    else:
        answer = ask(definition, numbers, leads, now=now)
    current = Numbers.of(definition)
    page = reverse("scoring:what_if")
    return {
        **shown(
            answer,
            request.user,
            asked=numbers.threshold,
            in_force=current.threshold,
            address=lambda threshold: as_address(replace(numbers, threshold=threshold)),
        ),
        "is_changed": as_query(numbers) != as_query(current),
        "exact_url": f"{page}{as_address(numbers)}&count=all" if is_first else None,
    }


# --- what other pages show of it ---------------------------------------------------------------------------


def shadow_context(criteria: Criteria | None, user: User, *, now: datetime) -> dict[str, object]:
    """How many leads qualify at other thresholds, for the page of the agreement."""
    if criteria is None or not user.has_role(*MANAGING):
        return {}
    page = reverse("scoring:what_if")
    answer = shadow(load(criteria), now=now)
    scale = answer.scale
    return {
        "shadow": [(threshold, scale.of(count), f"{page}?threshold={threshold}") for threshold, count in answer.counts],
        "shadow_note": "" if scale.is_exact else drawn_from(scale),
    }


def address_for(criteria: Criteria, user: User, *, now: datetime) -> str | None:
    """Where a version on its way is tried out; None when it cannot be.

    What differs from the criteria in force in numbers only can be moved further there.
    """
    if criteria.state not in EDITABLE or not user.has_role(*MANAGING):
        return None
    published = in_force()
    numbers = as_numbers(load(criteria), load(published), now=now) if published else None
    if numbers is None:
        return reverse("scoring:version_what_if", args=[criteria.number])
    return reverse("scoring:what_if") + as_address(numbers)
