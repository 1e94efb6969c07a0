"""The what-if as a page, and its short form on the page of the agreement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from leads.models import Lead
from lib.pages import page_or_part
from scoring.curve import curve
from scoring.definition import Definition, in_force, load
from scoring.models import Criteria
from scoring.whatif import Answer, Numbers, as_numbers, ask, shadow
from scoring.whatif_form import WhatIfForm, as_address, as_query
from scoring.whatif_sql import RECENT, Near

MAY_ASK: Final = (MARKETING, SALES_MANAGER, ADMINISTRATOR)
EDITABLE: Final = (Criteria.State.DRAFT, Criteria.State.PROPOSED)


@dataclass(frozen=True)
class Named:
    """A lead at the edge that this person may see."""

    lead: Lead
    near: Near

    @property
    def change(self) -> str:
        """ "becomes", "stops" or nothing."""
        if self.near.before == self.near.after:
            return ""
        return "becomes" if self.near.after else "stops"


@require_safe
@role_required(*MAY_ASK)
def what_if(request: SignedInRequest) -> HttpResponse:
    """The numbers asked for, and what they would mean today. Nothing is changed, whoever asks."""
    now = timezone.now()
    criteria = in_force()
    context: dict[str, Any] = {"title": _("What if"), "in_force": criteria, "now": now}
    status = 200
    if criteria is not None:
        definition = load(criteria)
        form = WhatIfForm(definition, request.GET)
        context |= {"form": form}
        if form.is_valid():
            context |= _answered(definition, form.numbers, request.user, now=now)
        else:
            status = 422  # which htmx takes, so that the sentences arrive at their fields
    return page_or_part(request, "scoring/what_if.html", "scoring/_what_if.html", context, status=status)


def _answered(definition: Definition, numbers: Numbers, user: User, *, now: datetime) -> dict[str, Any]:
    answer = ask(definition, numbers, now=now)
    held = Numbers.of(definition)
    return {
        "answer": answer,
        "figures": _figures(answer),
        "sales": _sales(answer),
        "curve": curve(answer.sweep, step=answer.step, asked=numbers.threshold, held=held.threshold),
        "sweep": [
            (threshold, count, as_address(replace(numbers, threshold=threshold))) for threshold, count in answer.sweep
        ],
        "numbers": numbers,
        "held": held,
        "is_changed": as_query(numbers) != as_query(held),
        "over": _named(answer.over, user),
        "under": _named(answer.under, user),
    }


def _named(edge: Sequence[Near], user: User) -> list[Named]:
    leads = Lead.objects.visible_to(user).select_related("company").in_bulk([near.lead_id for near in edge])
    return [Named(leads[near.lead_id], near) for near in edge if near.lead_id in leads]


def _figures(answer: Answer) -> list[dict[str, Any]]:
    counted = answer.everybody
    return [
        {
            "label": _("Would qualify"),
            "value": _number(counted.after),
            "note": _("%(before)s do under the criteria in force") % {"before": _number(counted.before)},
            "definition": _(
                "Leads whose stored evidence, with these numbers, reaches what they have to reach, with every gate."
                " Wherever they are now: with sales, decided or in nurture."
            ),
        },
        {"label": _("Newly"), "value": _number(counted.becomes), "note": _("do not qualify today")},
        {"label": _("No longer"), "value": _number(counted.stops), "note": _("qualify today")},
    ]


def _sales(answer: Answer) -> list[dict[str, Any]]:
    counted = answer.everybody
    return [
        {
            "label": _("New to sales, at once"),
            "value": _number(counted.arrives),
            "unit": ngettext("lead", "leads", counted.arrives),
            "definition": _(
                "Of those that newly qualify: neither with sales nor decided, not resting and not against their"
                " will. One that was returned also has to do something new, and needed fields have to be known."
            ),
        },
        {
            "label": _("A day"),
            "value": _number(counted.recent_after / RECENT.days),
            "note": _("%(before)s under the criteria in force")
            % {"before": _number(counted.recent_before / RECENT.days)},
            "definition": _(
                "Leads that came in during the last 30 days and would qualify by now, divided by 30."
                " Weekends count as days."
            ),
        },
    ]


def _number(value: float) -> str:
    return str(number_format(round(value, 1), None if float(value).is_integer() else 1, force_grouping=True))


# --- what other pages show of it ---------------------------------------------------------------------------


def shadow_context(criteria: Criteria | None, user: User, *, now: datetime) -> dict[str, Any]:
    """How many leads qualify at other thresholds, for the page of the agreement."""
    if criteria is None or not user.has_role(*MAY_ASK):
        return {}
    page = reverse("scoring:what_if")
    found = shadow(load(criteria), now=now)
    return {"shadow": [(threshold, count, f"{page}?threshold={threshold}") for threshold, count in found]}


def address_for(criteria: Criteria, user: User, *, now: datetime) -> str | None:
    """Where the numbers of a version on its way are tried out; None when they cannot be."""
    held = in_force()
    if criteria.state not in EDITABLE or held is None or not user.has_role(*MAY_ASK):
        return None
    numbers = as_numbers(load(criteria), load(held), now=now)
    return None if numbers is None else reverse("scoring:what_if") + as_address(numbers)
