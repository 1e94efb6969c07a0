"""Corrections a person makes to one lead. Unlike intake, an emptied field is emptied."""

from datetime import datetime
from typing import Final

from django.db import transaction

from leads.event_kinds import CHANGED
from leads.events import Agent, Entry, record
from leads.lifecycle import locked
from leads.models import Lead
from leads.signals import leads_changed

EDITABLE: Final = (
    "first_name", "last_name", "phone", "job_title", "country", "city", "budget", "is_decision_maker", "do_not_contact",
)  # fmt: skip


@transaction.atomic
def correct(*, lead_id: int, values: dict[str, object], agent: Agent, now: datetime) -> list[str]:
    """Stores the changed ones of the EDITABLE fields, records that, and tells of it. Returns their names."""
    [lead] = locked([lead_id])
    changed: list[str] = [name for name in EDITABLE if name in values and getattr(lead, name) != values[name]]
    if changed:
        for name in changed:
            setattr(lead, name, values[name])
        lead.save(update_fields=changed)
        record([Entry(lead_id=lead.pk, kind=CHANGED, at=now, data={"fields": changed})], agent=agent, now=now)
        leads_changed.send(sender=Lead, lead_ids=[lead.pk], active_ids=set(), now=now)
    return changed
