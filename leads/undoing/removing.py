"""Leads that an import made go when it is undone, unless anybody else knows them by now.

Whatever refers to a lead, in whichever package, and is neither computed from the rest nor made by the import, is
somebody who knows it: such a lead stays, and so does one that qualified or went to sales. What goes leaves no trace in
reports.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Model

from leads import lifecycle
from leads.events import event_kinds
from leads.merging.moving import computed, referring
from leads.models import (
    Activity,
    ActivityProperties,
    Consent,
    Deal,
    LastTouch,
    Lead,
    LeadEvent,
    LeadIdentifier,
    Stage,
)
from leads.stored_rows import counts_by, delete_rows
from leads.undoing.results import Became, Results
from lib.leave import leave

# Of these the import may have made every row of the lead; if it did, they go with it.
_MADE: Final = (Activity, Consent, Deal)
# What the lead is, and how it was reached, in rows of its own.
_OF_THE_LEAD: Final = (LastTouch, LeadIdentifier, LeadEvent)
# How many rows of each model an import made of each lead.
Made = Mapping[type[Model], Mapping[int, int]]


@transaction.atomic
def remove_leads(
    lead_ids: Collection[int], *, made: Made, own: Collection[type[Model]], until: datetime, importer: str
) -> tuple[Sequence[int], Results]:
    """Removes those of these leads that nobody else knows. Returns their ids, and how many went or stay and why.

    `made` counts what the import made of each; rows of `own` models are the caller's. Whatever was recorded after
    `until`, or not by the `importer`, is somebody else's.
    """
    leads = {lead.pk: lead for lead in lifecycle.locked(sorted(lead_ids))}
    results = Results({Became.STAYS_GONE: len(lead_ids) - len(leads)})
    with_sales = {lead.pk for lead in leads.values() if lead.stage != Stage.LEAD or lead.owner_id or lead.mql_count}
    known = _known_elsewhere(set(leads), made=made, own=own, until=until, importer=importer)
    going = sorted(leads.keys() - with_sales - known)
    results += Results(
        {
            Became.LEADS: len(going),
            Became.STAYS_WITH_SALES: len(with_sales),
            Became.STAYS_KNOWN: len(known - with_sales),
        }
    )
    if going:
        with leave(undoing="on"):
            delete_leads(going)
    return going, +results


def _known_elsewhere(
    lead_ids: set[int], *, made: Made, own: Collection[type[Model]], until: datetime, importer: str
) -> set[int]:
    known = set(Lead.objects.filter(pk__in=lead_ids, erased_at__isnull=False).values_list("pk", flat=True))
    others = LeadEvent.objects.filter(lead__in=lead_ids).exclude(agent=importer, recorded_at__lte=until)
    others = others.exclude(kind__in=[kind.key for kind in event_kinds() if kind.is_computed])
    known.update(others.values_list("lead_id", flat=True))
    for model, column in referring(Lead):
        if model in computed() or model in own or model in _OF_THE_LEAD:
            continue
        counts = counts_by(model, str(column.column), lead_ids)
        of_import = made.get(model, {}) if model in _MADE else {}
        known.update(lead_id for lead_id, count in counts.items() if count != of_import.get(lead_id, 0))
    return known


def delete_leads(lead_ids: Sequence[int]) -> None:
    """These leads with every row that refers to them; the caller holds them, has seen that nobody else knows them, and
    has the leave of the triggers."""
    activities = Activity.objects.filter(lead__in=lead_ids).values_list("pk", flat=True)
    delete_rows(ActivityProperties, list(activities), column="activity_id")
    for model, column in referring(Lead):
        delete_rows(model, lead_ids, column=str(column.column))
    delete_rows(Lead, lead_ids)
