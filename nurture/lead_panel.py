"""What nurture adds to the page of a lead: the segments and lists it is in, and the mails it got or did not get."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from accounts.models import User
from leads.models import Lead
from leads.panels import Panel, offer
from nurture.models import MailSend

MAILS_SHOWN: Final = 5


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


def mails_context(lead: Lead, _user: User, now: datetime) -> Mapping[str, object]:
    """The mails to the lead, the newest first, as many as are looked at."""
    sends = MailSend.objects.filter(lead=lead).select_related("version__mail").order_by("-created_at", "-pk")
    return {"sends": list(sends[:MAILS_SHOWN]), "now": now}


offer(
    Panel(
        place="side",
        template="nurture/_mails_of_lead.html",
        stylesheet="css/nurture/segments.css",
        context=mails_context,
    )
)
