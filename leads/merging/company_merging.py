"""Two companies that are one become one, and for thirty days two again.

The one with a website survives, else the one that was here first. Its leads, with their deals, and everything else that
refers to the other go over to it, and who names the other by its name or its website means the survivor from then on.
Rules may ask about the company, so the scores of all its leads are computed anew.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from leads import lifecycle
from leads.event_kinds import CHANGED
from leads.events import Agent, Entry, record
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import ask
from leads.merging.moving import Moved, move_all, move_back
from leads.merging.undoing import NotMergeable, give_back, refuse_undoing, take_chosen
from leads.models import Company, CompanyAlias, CompanyMerge, Lead
from leads.signals import leads_changed
from leads.stored_rows import delete_rows, insert_row, row_of
from lib.folding import fold
from lib.leave import leave

# What a person may choose of either record; what is not chosen is the survivor's, where it has it.
CHOOSABLE: Final = ("name", "domain", "industry", "employees", "country", "owner_id")


def survivor_of(one: Company, other: Company) -> tuple[Company, Company]:
    """The record that stays and the one that goes into it: one with a website stays, of two the older one."""
    first, second = sorted((one, other), key=lambda each: (each.domain is None, each.created_at, each.pk))
    return first, second


@transaction.atomic
def merge(*, company_ids: tuple[int, int], chosen: Collection[str] = (), agent: Agent, now: datetime) -> CompanyMerge:
    """Makes the two one; of the fields that are `chosen` the value of the record that goes is taken.

    Raises NotMergeable when one of them is gone, or both are the same.
    """
    survivor, merged = survivor_of(*_locked(company_ids))
    before = {"survivor": row_of(Company, survivor.pk), "merged": row_of(Company, merged.pk)}
    with leave(merging="on"):
        moved = move_all(Company, merged_id=merged.pk, survivor_id=survivor.pk)
        delete_rows(Company, [merged.pk])
        names = (survivor.name, survivor.domain), (merged.name, merged.domain)
        take_chosen(survivor, merged, CHOOSABLE, chosen=chosen)
        survivor.save(update_fields=[*(name.removesuffix("_id") for name in CHOOSABLE), "custom"])
        survivor.refresh_from_db()
        aliases = _remember(survivor, names)
    stored = CompanyMerge.objects.create(
        survivor=survivor,
        merged_key=merged.pk,
        merged_public_id=merged.public_id,
        before=before | {"after": row_of(Company, survivor.pk), "moved": asdict(moved), "aliases": aliases},
        at=now,
        actor=agent.user,
        agent=agent.name,
    )
    _tell([survivor.pk], moved, agent=agent, now=now)
    return stored


@transaction.atomic
def undo(*, merge_id: int, agent: Agent, now: datetime) -> Company:
    """Both are there again as they were; what came since stays with the survivor. Returns the one that is back.

    What somebody changed of the survivor since stays as it is now. Raises NotMergeable after thirty days, when a later
    merge has to be undone first, and when another company has the website of the one that went by now.
    """
    survivor_id = CompanyMerge.objects.values_list("survivor_id", flat=True).get(pk=merge_id)
    _hold_leads([survivor_id])
    survivor = Company.objects.select_for_update().get(pk=survivor_id)
    stored = CompanyMerge.objects.select_for_update().get(pk=merge_id)
    refuse_undoing(stored, survivor.merges, now=now)
    merged, moved = stored.before["merged"], Moved(**stored.before["moved"])
    survivor.aliases.filter(pk__in=stored.before["aliases"]).delete()
    with leave(merging="on"):
        give_back(Company, survivor.pk, stored.before)
        if merged["domain"] and Company.objects.filter(domain=merged["domain"]).exists():
            raise NotMergeable(_("There is another company with this website by now."))
        insert_row(Company, merged)
        move_back(Company, moved, merged_id=stored.merged_key, survivor_id=survivor.pk)
    stored.undone_at, stored.before = now, {}
    stored.save(update_fields=["undone_at", "before"])
    _tell([survivor.pk, stored.merged_key], moved, agent=agent, now=now)
    return Company.objects.get(pk=stored.merged_key)


def _locked(company_ids: Iterable[int]) -> list[Company]:
    """The leads first, as everybody does who holds both. Raises NotMergeable."""
    ids = sorted(set(company_ids))
    _hold_leads(ids)
    both = list(Company.objects.filter(pk__in=ids).order_by("pk").select_for_update())
    if len(both) != 2:
        raise NotMergeable(_("One of the two was merged meanwhile."))
    return both


def _hold_leads(company_ids: Iterable[int]) -> None:
    lead_ids = Lead.objects.filter(company__in=company_ids).order_by("pk").values_list("pk", flat=True)
    list(lifecycle.locked(list(lead_ids)).values_list("pk"))


def _remember(survivor: Company, names: Iterable[tuple[str, str | None]]) -> list[int]:
    """What of the names and websites of both is not the survivor's own leads to it all the same. Returns its keys."""
    aliases = []
    for name, domain in names:
        alias = CompanyAlias(
            company=survivor,
            name="" if fold(name) == survivor.name_key else name,
            domain=domain if domain != survivor.domain else None,
        )
        if alias.name or alias.domain:
            aliases.append(alias)
    return [alias.pk for alias in CompanyAlias.objects.bulk_create(aliases)]


def _tell(company_ids: list[int], moved: Moved, *, agent: Agent, now: datetime) -> None:
    """The leads that went over say so, all are scored anew, and the companies are compared again."""
    ask(COMPANIES, company_ids, now=now)
    gone_over = moved.keys.get(Lead._meta.db_table, ())  # noqa: SLF001 (Django's way to the table)
    entries = [Entry(lead_id=pk, kind=CHANGED, at=now, data={"fields": ["company"]}) for pk in gone_over]
    record(entries, agent=agent, now=now)
    leads = Lead.objects.filter(company__in=company_ids).order_by("pk")
    lead_ids = list(leads.values_list("pk", flat=True))
    if lead_ids:
        leads_changed.send(sender=Lead, lead_ids=lead_ids, active_ids=set(), agent=agent, now=now)
