"""What programs did in the name of a lead, and the one click that says that a person did it."""

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, ROLES
from capture.verdicts import MOST_AT_ONCE, decide
from leads.access import access_lead
from leads.events import Agent
from leads.models import BY_PERSON, Activity, Lead, Machine
from leads.timeline import touch_words
from lib import clock
from lib.page_sizes import PANEL_ROWS
from lib.pages import page_or_part


@require_safe
@role_required(*ROLES)
def of_lead(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The newest of what programs did, with the reason of each; a part of the lead's page, and a page of its own."""
    lead = access_lead(request.user, public_id)
    done = _by_programs(lead).select_related("type", "page", "asset", "campaign").order_by("-occurred_at", "-pk")
    rows = list(done[: PANEL_ROWS + 1])
    context = {
        "title": _("Programs in the name of %(lead)s") % {"lead": lead.name},
        "lead": lead,
        "rows": [
            {"pk": one.pk, "words": touch_words(one), "why": one.get_machine_display(), "at": one.occurred_at}
            for one in rows[:PANEL_ROWS]
        ],
        "has_more": len(rows) > PANEL_ROWS,
        "may_decide": request.user.has_role(*EDITING),
        "now": clock.now(),
    }
    return page_or_part(request, "capture/machines/of_lead.html", "capture/machines/_of_lead.html", context)


@require_POST
@role_required(*EDITING)
def by_person(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """A person did one of these, or all of them; the score follows."""
    lead = access_lead(request.user, public_id, to="edit")
    done = _by_programs(lead)
    one = request.POST.get("activity", "")
    if one:
        if not (one.isascii() and one.isdecimal() and len(one) <= 18):
            raise Http404
        done = done.filter(pk=int(one))
    ids = list(done.order_by("-pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    changed = decide(activity_ids=ids, by_person=True, agent=Agent(user=request.user), now=clock.now())
    told = ngettext("%d activity counts as a person's.", "%d activities count as a person's.", changed)
    messages.info(request, told % changed if changed else _("That is how it was already."))
    return redirect("leads:detail", lead.public_id)


def _by_programs(lead: Lead) -> QuerySet[Activity]:
    return Activity.objects.filter(lead=lead).exclude(machine__in=(*BY_PERSON, Machine.TAKEN_BACK))
