"""The handoffs of one lead: a part of the lead's page, loaded by its address."""

import uuid

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from handoff.models import Handoff
from handoff.views.queue.words import tell
from leads.access import access_lead
from lib import clock
from lib.pages import page_or_part


@require_safe
@role_required(*ROLES)
def panel(request: SignedInRequest, lead_id: uuid.UUID) -> HttpResponse:
    """Every pass of the baton, newest first: state, receipt and reason in sentences."""
    lead = access_lead(request.user, lead_id)
    handoffs = lead.handoffs.select_related("assignee", "decided_by", "reason", "criteria", "followed_by")
    own = set(Handoff.objects.visible_to(request.user).filter(lead=lead).values_list("pk", flat=True))
    context = {
        "lead": lead,
        "handoffs": [(tell(handoff), handoff.pk in own) for handoff in handoffs.order_by("-opened_at", "-pk")],
        "now": clock.now(),
        "title": _("The handoffs of %(lead)s") % {"lead": lead.name},
    }
    return page_or_part(request, "handoff/panel.html", "handoff/_panel.html", context)
