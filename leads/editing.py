"""Corrections a person makes to one lead. Unlike intake, an emptied field is emptied."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from leads.custom_fields.kinds import Value
from leads.custom_fields.stored import changed_keys, completed
from leads.event_kinds import CHANGED
from leads.events import Agent, Entry, record
from leads.lifecycle import locked
from leads.merging.finding import ask
from leads.merging.lead_duplicates import PEOPLE, TELLING
from leads.models import Company, Lead
from leads.signals import leads_changed

EDITABLE: Final = (
    "first_name", "last_name", "phone", "job_title", "country", "city", "budget", "is_decision_maker", "do_not_contact",
)  # fmt: skip
NOTHING: Final[Mapping[str, Value | None]] = {}


@transaction.atomic
def correct(
    *,
    lead_id: int,
    values: Mapping[str, object],
    custom: Mapping[str, Value | None] = NOTHING,
    company_custom: Mapping[str, Value | None] = NOTHING,
    agent: Agent,
    now: datetime,
) -> list[str]:
    """Stores the changed ones of the EDITABLE fields and of the custom fields, of the lead and of its company, records
    that, and tells of it. Returns their names, of custom fields their paths ("custom.visits").

    Values of custom fields are read already (leads/custom_fields/parsing.py); None takes one away.
    """
    [lead] = locked([lead_id])
    changed: list[str] = [name for name in EDITABLE if name in values and getattr(lead, name) != values[name]]
    for name in changed:
        setattr(lead, name, values[name])
    custom_keys = changed_keys(lead.custom, custom)
    if custom_keys:
        lead.custom = completed(lead.custom, custom)
    if changed or custom_keys:
        lead.save(update_fields=[*changed, *(["custom"] if custom_keys else [])])
    company_keys = _correct_company(lead.company_id, company_custom)
    told = [
        *changed,
        *(f"custom.{key}" for key in custom_keys),
        *(f"company_custom.{key}" for key in company_keys),
    ]
    if told:
        record([Entry(lead_id=lead.pk, kind=CHANGED, at=now, data={"fields": told})], agent=agent, now=now)
        lead_ids = _with_colleagues(lead) if company_keys else [lead.pk]
        if not TELLING.isdisjoint(changed):
            ask(PEOPLE, [lead.pk], now=now)
        leads_changed.send(sender=Lead, lead_ids=lead_ids, active_ids=set(), now=now)
    return told


def _correct_company(company_id: int | None, custom: Mapping[str, Value | None]) -> list[str]:
    """Returns the keys of what changed; after the lead, as intake does."""
    if company_id is None or not custom:
        return []
    company = Company.objects.select_for_update(no_key=True).get(pk=company_id)
    keys = changed_keys(company.custom, custom)
    if keys:
        company.custom = completed(company.custom, custom)
        company.save(update_fields=["custom"])
    return keys


def _with_colleagues(lead: Lead) -> list[int]:
    """All leads of the lead's company: their scores may ask about it."""
    return list(Lead.objects.filter(company=lead.company).order_by("pk").values_list("pk", flat=True))
