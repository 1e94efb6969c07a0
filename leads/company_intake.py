"""Companies that are said without a lead, as in a list of accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from leads.companies import companies, write_companies
from leads.custom_fields.kinds import Value
from leads.custom_fields.parsing import parse_custom
from leads.events import Agent
from leads.models import Lead
from leads.models.custom_field import About
from leads.normalise import Refusal, domain_key, not_longer
from leads.parsing import CompanyName
from leads.signals import leads_changed
from lib.folding import fold
from lib.text import storable


@dataclass(slots=True)
class CompanyInput:
    """What is said about one company. Empty means not said; what is known is never emptied by silence."""

    name: str = ""
    domain: str = ""
    industry: str = ""
    employees: int | None = None
    country: str = ""
    # Values of custom fields by their keys, as they were said.
    custom: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class ParsedCompany:
    """The company with what it is known by."""

    company: CompanyName
    industry: str
    employees: int | None
    country: str
    custom: dict[str, Value]


def parse_company(stated: CompanyInput) -> tuple[ParsedCompany | None, list[Refusal]]:
    """The company without what cannot be used of it, and why; None when nothing tells which it is."""
    wrong: list[Refusal] = []
    texts = {}
    for name, text, limit in (("name", stated.name, 200), ("industry", stated.industry, 100)):
        try:
            texts[name] = not_longer(storable(text).strip(), name, limit)
        except Refusal as refusal:
            wrong.append(refusal)
            texts[name] = ""
    domain = domain_key(stated.domain) if stated.domain else ""
    if stated.domain and not domain:
        message = _("“%(text)s” is no website.") % {"text": storable(stated.domain[:60])}
        wrong.append(Refusal("invalid_domain", "domain", message))
    if not fold(texts["name"]) and not domain:
        return None, wrong or [Refusal("no_company", "name", _("The row names no company."))]
    refused: list[Refusal] = []
    custom = parse_custom(stated.custom, about=About.COMPANY, refuse=refused.append)
    wrong += [replace(each, field=each.field.removeprefix("company_")) for each in refused]
    company = CompanyName(texts["name"], domain)
    return ParsedCompany(company, texts["industry"], stated.employees, stated.country, custom), wrong


@transaction.atomic
def take_companies(
    inputs: Sequence[ParsedCompany], *, agent: Agent, now: datetime
) -> list[Literal["created", "updated", "unchanged"]]:
    """Finds or creates each company and keeps what is said of it. Returns what became of each, in their order.

    Leads of a company that changed are told of, so that their scores follow.
    """
    matches = companies((one.company for one in inputs), now=now)
    fresh = set(matches.fresh)
    outcomes: list[Literal["created", "updated", "unchanged"]] = []
    changed = {row.pk: row for row in matches.with_new_domain}
    for one in inputs:
        row = matches.of[one.company]
        is_changed = row.describe(
            industry=one.industry, employees=one.employees, country=one.country, custom=one.custom
        )
        if is_changed:
            changed[row.pk] = row
        if row.pk in fresh:
            fresh.remove(row.pk)
            outcomes.append("created")
        else:
            outcomes.append("updated" if is_changed or row in matches.with_new_domain else "unchanged")
    write_companies(changed.values())
    lead_ids = sorted(Lead.objects.filter(company__pk__among=changed).order_by().values_list("pk", flat=True))
    if lead_ids:
        leads_changed.send(sender=Lead, lead_ids=lead_ids, active_ids=set(), turn=agent.turn, now=now)
    return outcomes
