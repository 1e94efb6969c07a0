"""The journey of one lead: every touch, from the first to the last."""

import uuid
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from capture.touches.journey import journey
from leads.access import access_lead
from lib import clock
from lib.page_sizes import MOST_TOUCHES, PANEL_TOUCHES
from lib.pages import page_or_part, wants_part

_PAGE: Final = "capture/touches/of_lead.html"
_PART: Final = "capture/touches/_of_lead.html"


@require_safe
@role_required(*ROLES)
def of_lead(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The touches of a lead: a part of its page with the first and the latest, and a page of its own with all."""
    lead = access_lead(request.user, public_id)
    shown = journey(lead, most=PANEL_TOUCHES if wants_part(request) else MOST_TOUCHES)
    context = {
        "title": _("The journey of %(lead)s") % {"lead": lead.name},
        "lead": lead,
        "touches": shown.touches,
        "left_out": shown.left_out,
        "now": clock.now(),
    }
    return page_or_part(request, _PAGE, _PART, context)
