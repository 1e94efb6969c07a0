"""What nurture adds to the page of a lead: the segments and lists it is in."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from leads.models import Lead
from leads.panels import Panel, offer


def panel_context(lead: Lead, _user: User, now: datetime) -> Mapping[str, object]:
    """The memberships of the lead, by name."""
    return {
        "memberships": list(lead.segment_memberships.select_related("segment").order_by("segment__name")),
        "now": now,
    }


offer(
    Panel(
        place="side",
        template="nurture/_of_lead.html",
        stylesheet="css/nurture/segments.css",
        context=panel_context,
    )
)
