"""Takes back what an import made and changed, a part at a time.

The caller hands in the changes from the latest to the earliest, each once. Leads are held in ascending id, as
everywhere. What cannot be taken back is counted with its reason, and stays as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from leads import lifecycle
from leads.events import Agent, Entry, record
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import ask
from leads.merging.moving import computed, referring
from leads.models import (
    Activity,
    ActivityProperties,
    Company,
    CompanyMerge,
    Consent,
    LastTouch,
    Lead,
    LeadIdentifier,
    Spend,
    Suppression,
)
from leads.signals import leads_changed
from leads.stored_rows import delete_rows, table_of
from leads.undoing import outcomes
from leads.undoing.changes import RowChange
from leads.undoing.consents import take_words_back
from leads.undoing.event_kinds import IMPORT_UNDONE
from leads.undoing.results import Became, Results
from leads.undoing.values import give_values_back, remove_made
from lib.leave import leave

_TABLES: Final[dict[str, type[Model]]] = {
    table_of(model): model
    for model in (Lead, LastTouch, LeadIdentifier, Activity, Company, Consent, Spend, Suppression)
}


@transaction.atomic
def undo_changes(changes: Sequence[RowChange], *, file: str, agent: Agent, now: datetime) -> Results:
    """Takes the changes back. Returns how many of what became what (`Became`); scores follow."""
    lead_ids = sorted({change.lead_id for change in changes if change.lead_id is not None})
    leads = {lead.pk: lead for lead in lifecycle.locked(lead_ids)}
    by_model: dict[type[Model], list[RowChange]] = defaultdict(list)
    of_outcomes: dict[int, list[RowChange]] = defaultdict(list)
    for change in changes:
        if outcomes.is_outcome(change) and change.lead_id is not None:
            of_outcomes[change.lead_id].append(change)
        if change.source in _TABLES:
            by_model[_TABLES[change.source]].append(change)
    with leave(undoing="on"):
        results = outcomes.take_outcomes_back(of_outcomes, leads, agent=agent, now=now)
        fields = _of_leads(by_model, results)
        companies = _of_companies(by_model[Company], results, now=now)
        spend = by_model[Spend]
        results += give_values_back(Spend, spend, became=Became.SPEND).results
        results += remove_made(Spend, spend, became=Became.SPEND)
        results += remove_made(Suppression, by_model[Suppression], became=Became.SUPPRESSIONS)
        words = {change.key for change in by_model[Consent]}
        source = _("undone import of %(file)s") % {"file": file}
        results += take_words_back(words, source=source, agent=agent, now=now)
    entries = [
        Entry(
            lead_id=lead_id, kind=IMPORT_UNDONE, at=now, data={"file": file, "fields": sorted(fields.get(lead_id, ()))}
        )
        for lead_id, lead in leads.items()
        if lead.erased_at is None
    ]
    record(entries, agent=agent, now=now)
    _tell({*leads, *_working_at(companies)}, now=now)
    return +results


def _of_leads(by_model: dict[type[Model], list[RowChange]], results: Results) -> dict[int, set[str]]:
    """Who they are, how they were reached and what they did. Returns which fields of each lead are as before."""
    values = give_values_back(Lead, by_model[Lead], without=outcomes.COLUMNS)
    results += values.results
    # A touch is counted by its activity or its lead: that it was the last is no value of its own.
    give_values_back(LastTouch, by_model[LastTouch])
    remove_made(LastTouch, by_model[LastTouch], became=Became.VALUES)
    # The first id of a lead is a column of it, and has gone with that.
    names = remove_made(LeadIdentifier, by_model[LeadIdentifier], became=Became.VALUES)
    results[Became.VALUES] += names[Became.VALUES]
    activities = {change.key for change in by_model[Activity]}
    delete_rows(ActivityProperties, activities, column="activity_id")
    count = delete_rows(Activity, activities)
    results.update({Became.ACTIVITIES: count, Became.STAYS_GONE: len(activities) - count})
    return {lead_id: {name.removesuffix("_id") for name in names} for lead_id, names in values.fields.items()}


def _of_companies(changes: Sequence[RowChange], results: Results, *, now: datetime) -> set[int]:
    """What is known of companies, and companies nobody works at. Returns which changed."""
    made = {change.key for change in changes if change.before is None}
    give_values_back(Company, [change for change in changes if change.key in made])
    values = give_values_back(Company, [change for change in changes if change.key not in made])
    results += values.results
    working = Lead.objects.filter(company__in=made).order_by().values_list("company", flat=True)
    merges = CompanyMerge.objects.filter(survivor__in=made).values_list("survivor", flat=True)
    in_use = {*working, *merges}
    # What they were compared by goes with them; one that others went into stays.
    for model, column in referring(Company):
        if model in computed():
            delete_rows(model, made - in_use, column=str(column.column))
    results += remove_made(
        Company,
        changes,
        became=Became.COMPANIES,
        stays=Became.STAYS_COMPANY,
        in_use=in_use,
    )
    ask(COMPANIES, values.fields, now=now)
    return set(values.fields)


def _working_at(companies: Collection[int]) -> Iterable[int]:
    return Lead.objects.filter(company__in=companies).order_by().values_list("pk", flat=True) if companies else ()


def _tell(lead_ids: Collection[int], *, now: datetime) -> None:
    """Scores follow."""
    if lead_ids:
        leads_changed.send(sender=Lead, lead_ids=sorted(lead_ids), active_ids=set(), now=now)
