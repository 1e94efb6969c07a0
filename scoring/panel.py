"""Why one lead has its score: a part of the lead's page, and a page of its own."""

import uuid

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from leads.access import access_lead
from leads.models import Lead
from lib.pages import page_or_part
from scoring import definition, registry
from scoring.breakdown import Breakdown, explain
from scoring.models import Criteria, Score


@require_safe
@role_required(*ROLES)
def panel(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The score in its parts, for whoever may see the lead."""
    lead = access_lead(request.user, public_id)
    breakdown, criteria = _breakdown(lead), definition.in_force()
    context = {
        "title": _("Score of %(lead)s") % {"lead": lead.name},
        "lead": lead,
        "breakdown": breakdown,
        "unknown": _unknown(lead, criteria),
        "in_force": criteria,
    }
    return page_or_part(request, "scoring/panel.html", "scoring/_panel.html", context)


def _breakdown(lead: Lead) -> Breakdown | None:
    try:
        return explain(lead, now=timezone.now())
    except Score.DoesNotExist:
        return None


def _unknown(lead: Lead, criteria: Criteria | None) -> list[str]:
    """What has to be known before sales may call and is not."""
    needed = [key for key in criteria.required_fields if key in registry.FIELDS] if criteria else []
    return [str(field.label) for field in registry.missing(lead, needed)]
