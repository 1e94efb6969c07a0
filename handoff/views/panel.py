"""The handoffs of one lead: a part of the lead's page, loaded by its address."""

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ROLES
from handoff.models import Handoff
from handoff.promotion.what_is_missing import what_is_missing
from handoff.views.queue.words import Told
from leads.access import access_lead
from leads.models import Lead
from lib import clock
from lib.pages import page_or_part


@require_safe
@role_required(*ROLES)
def panel(request: SignedInRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Every pass of the baton, newest first: state, receipt and reason in sentences."""
    lead = access_lead(request.user, lead_id)
    context: dict[str, object] = {"title": _("The handoffs of %(lead)s") % {"lead": lead.name}, "lead": lead}
    context |= panel_context(lead, request.user, clock.now())
    return page_or_part(request, "handoff/panel.html", "handoff/_panel.html", context)


def panel_context(lead: Lead, user: User, now: datetime) -> dict[str, object]:
    """What the part of a lead's page shows to this person."""
    handoffs = lead.handoffs.select_related("assignee", "decided_by", "reason", "criteria", "followed_by")
    told = [(Told(handoff), handoff.pk) for handoff in handoffs.order_by("-opened_at", "-pk")]
    own = set(Handoff.objects.visible_to(user).filter(lead=lead).values_list("pk", flat=True)) if told else set()
    return {
        "handoffs": [(words, pk in own) for words, pk in told],
        "missing": "" if told else what_is_missing(lead, now=now),
        "now": now,
    }
