"""Corrections a person makes to a company: they hold for everybody who works there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from leads.correcting.fields import OF_COMPANY, Values, differing, of_company, undoable
from leads.custom_fields.kinds import Value
from leads.custom_fields.stored import completed
from leads.events import Agent
from leads.lifecycle import locked
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import ask
from leads.models import Company, CompanyAlias, CompanyChange, Lead
from leads.normalise import Refusal
from leads.signals import leads_changed
from lib.folding import fold

NOTHING: Final[Values] = {}
_CUSTOM: Final = "company_custom."


@transaction.atomic
def correct_company(
    *, company_id: int, values: Values, seen: Values = NOTHING, agent: Agent, now: datetime
) -> list[str]:
    """As leads.correcting.leads.correct, of a company. Who calls it as it was called before still means it.

    The scores of all its leads follow. Raises Refusal for a website that another company has, and Outdated.
    """
    people = Lead.objects.filter(company=company_id).order_by().values("pk")
    lead_ids = list(locked(people).values_list("pk", flat=True))
    company = Company.objects.select_for_update(no_key=True).get(pk=company_id)
    known = of_company(company)
    names = differing(values, known, seen=seen)
    if not names:
        return []
    former = CompanyAlias(company=company, name=company.name, domain=company.domain)
    for name in names:
        if name in OF_COMPANY:
            value = values[name]
            setattr(company, "owner_id" if name == "owner" else name, value or None if name == "domain" else value)
    custom = {name.removeprefix(_CUSTOM): values[name] for name in names if name.startswith(_CUSTOM)}
    company.custom = completed(company.custom, cast("Mapping[str, Value | None]", custom))
    _save(company)
    _remember(former, company)
    CompanyChange.objects.create(
        company=company,
        at=now,
        actor=agent.user,
        agent=agent.name,
        data={
            "before": {name: known.get(name) for name in names},
            "after": {name: values[name] for name in names},
        },
    )
    if not {"name", "domain"}.isdisjoint(names):
        ask(COMPANIES, [company.pk], now=now)
    if lead_ids:
        leads_changed.send(sender=Lead, lead_ids=lead_ids, active_ids=set(), now=now)
    return names


@transaction.atomic
def undo_company(*, change_id: int, agent: Agent, now: datetime) -> tuple[list[str], list[str]]:
    """As leads.correcting.leads.undo, of a company."""
    change = CompanyChange.objects.select_related("company").get(pk=change_id)
    back = undoable(change.data, of_company(change.company))
    if back:
        correct_company(company_id=change.company_id, values=back, agent=agent, now=now)
    return list(back), [name for name in change.data["after"] if name not in back]


def _remember(former: CompanyAlias, company: Company) -> None:
    """Its name and its website of before go on leading to it."""
    if fold(former.name) == fold(company.name):
        former.name = ""
    if former.domain == company.domain:
        former.domain = None
    if former.name or former.domain:
        CompanyAlias.objects.bulk_create([former], ignore_conflicts=True)


def _save(company: Company) -> None:
    try:
        with transaction.atomic():
            company.save(update_fields=[*OF_COMPANY, "custom"])
    except IntegrityError as error:
        message = _("This is the website of another company. If both are one, merge the two.")
        raise Refusal("identity_conflict", "domain", message) from error
