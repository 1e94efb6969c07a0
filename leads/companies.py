"""Finds or creates the companies of a batch, and keeps what the batch says of them."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q

from leads.custom_fields.kinds import Value
from leads.custom_fields.stored import changed_keys, with_tags
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import ask
from leads.models import About, Company, CompanyAlias
from leads.parsing import CompanyName
from leads.writing import insert, new_ids
from lib.arrays import array_literal
from lib.folding import fold

# One namespace of advisory locks: companies without a domain are created one transaction at a time.
_LOCK: Final = 0x6261746F
_DESCRIBED: Final = ("domain", "industry", "employees", "country")
_COLUMNS: Final = ("id", "name", "name_key", *_DESCRIBED, "custom")
# What the batch says nothing of is what is stored by then: nobody holds a company while a batch is worked on.
_WRITE: Final = """
UPDATE leads_company AS company SET
    domain = coalesce(said.domain, company.domain), industry = coalesce(said.industry, company.industry),
    employees = coalesce(said.employees, company.employees), country = coalesce(said.country, company.country),
    custom = company.custom || coalesce(said.custom, '{}')
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::integer[], %s::text[], %s::jsonb[])
    AS said (id, domain, industry, employees, country, custom)
WHERE company.id = said.id
"""


@dataclass(slots=True, eq=False)
class CompanyRow:
    """The columns of a company that intake reads and writes; to make an instance of the model takes longer."""

    id: int
    name: str
    name_key: str
    domain: str | None
    industry: str = ""
    employees: int | None = None
    country: str = ""
    custom: dict[str, Value] = field(default_factory=dict)
    # Of which columns the batch says something new.
    changed: set[str] = field(default_factory=set)
    # What the batch says anew of custom fields.
    said_custom: dict[str, Value] = field(default_factory=dict)

    @property
    def pk(self) -> int:
        return self.id

    def describe(
        self, *, industry: str = "", employees: int | None = None, country: str = "", custom: Mapping[str, Value]
    ) -> bool:
        """Takes over what is said of it. Returns whether something of it is new."""
        before = (self.industry, self.employees, self.country)
        self.say("industry", industry)
        self.say("employees", employees)
        self.say("country", country)
        is_custom_new = self.say_custom(custom)
        return is_custom_new or before != (self.industry, self.employees, self.country)

    def say(self, name: str, value: object) -> None:
        """Takes over what is said of a column; what is known is never emptied."""
        if value not in (None, "", getattr(self, name)):
            setattr(self, name, value)
            self.changed.add(name)

    def say_custom(self, values: Mapping[str, Value]) -> bool:
        """Takes over what is said of custom fields. Returns whether that is new."""
        values = with_tags(self.custom, values, about=About.COMPANY)
        fresh = {key: values[key] for key in changed_keys(self.custom, values)}
        self.custom |= fresh
        self.said_custom |= fresh
        return bool(fresh)


class Companies(NamedTuple):
    """The company behind each name, those of them that were known by their name alone until now, and the new ones."""

    of: dict[CompanyName, CompanyRow]
    with_new_domain: list[CompanyRow]
    fresh: Collection[int]


def companies(named: Iterable[CompanyName | None], *, now: datetime) -> Companies:
    """Finds or creates the company behind each name: by domain where there is one, else by its folded name.

    A company that is known by its name alone gets the first domain that comes with this name; the caller stores it.
    """
    # A name alone comes before the same name with a domain; of two spellings the first stays.
    wanted = sorted(dict.fromkeys(one for one in named if one), key=lambda one: one.domain != "")
    known = _Known(wanted)
    missing = [one for one in wanted if not known.find(one)]
    if not missing:
        return Companies({one: known.of(one) for one in wanted}, [], ())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    known = _Known(wanted, former=known.former)
    fresh, with_new_domain = list[CompanyRow](), list[CompanyRow]()
    for one, pk in zip(missing, new_ids(Company, len(missing)), strict=True):
        if known.find(one):
            continue
        company = known.without_domain(one)
        if company is None:
            name = one.name or one.domain
            company = CompanyRow(pk, name, fold(name), one.domain or None)
            fresh.append(company)
        else:
            company.say("domain", one.domain)
            with_new_domain.append(company)
        known.add(company)
    _insert(fresh, now=now)
    renamed = [one for one in with_new_domain if one not in fresh]
    ask(COMPANIES, [one.pk for one in (*fresh, *renamed)], now=now)
    return Companies({one: known.of(one) for one in wanted}, renamed, [one.pk for one in fresh])


def write_companies(changed: Collection[CompanyRow]) -> None:
    """Stores what the batch says of them, in the order of their ids: two who write the same wait for each other."""
    if not changed:
        return
    rows = sorted(changed, key=attrgetter("id"))
    columns: list[list[object]] = [[row.id for row in rows]]
    columns += [[getattr(row, name) if name in row.changed else None for row in rows] for name in _DESCRIBED]
    columns.append([json.dumps(row.said_custom) if row.said_custom else None for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, list(map(array_literal, columns)))


def _insert(fresh: Collection[CompanyRow], *, now: datetime) -> None:
    if fresh:
        columns = ("id", "public_id", "name", "domain", "industry", "country", "created_at")
        insert(Company, columns, [(one.id, uuid.uuid4(), one.name, one.domain, "", "", now) for one in fresh])


class _Known:
    """The companies that are stored or about to be, by domain and by folded name; the oldest of a name wins.

    Who is called as a company was that went into another (leads/merging/company_merging.py) is that one.
    """

    def __init__(self, wanted: Collection[CompanyName], *, former: Sequence[tuple[Any, ...]] | None = None) -> None:
        """`former` are names of companies that went into others, where they were looked up already."""
        self.former = former or ()
        self._by_domain: dict[str, CompanyRow] = {}
        self._by_name: dict[str, CompanyRow] = {}
        self._without_domain: dict[str, CompanyRow] = {}
        if wanted:
            domains = {one.domain for one in wanted} - {""}
            names = {fold(one.name) for one in wanted} - {""}
            rows = Company.objects.filter(Q(domain__among=domains) | Q(name_key__among=names))
            for values in rows.order_by("pk").values_list(*_COLUMNS):
                self.add(CompanyRow(*values))
            if former is None and not all(map(self.find, wanted)):
                names_of = CompanyAlias.objects.filter(Q(domain__among=domains) | Q(name_key__among=names))
                columns = (f"company__{name}" for name in _COLUMNS)
                self.former = list(names_of.order_by("pk").values_list("domain", "name_key", *columns))
            self._add_former()

    def _add_former(self) -> None:
        known = {company.pk: company for company in (*self._by_domain.values(), *self._by_name.values())}
        for domain, name_key, *values in self.former:
            company = known.setdefault(values[0], CompanyRow(*values))
            if domain:
                self._by_domain.setdefault(domain, company)
            if name_key:
                self._by_name.setdefault(name_key, company)

    def add(self, company: CompanyRow) -> None:
        self._by_name.setdefault(company.name_key, company)
        if company.domain:
            self._by_domain[company.domain] = company
        else:
            self._without_domain.setdefault(company.name_key, company)

    def find(self, wanted: CompanyName) -> CompanyRow | None:
        return self._by_domain.get(wanted.domain) if wanted.domain else self._by_name.get(fold(wanted.name))

    def of(self, wanted: CompanyName) -> CompanyRow:
        """The company of a name that is known."""
        return self._by_domain[wanted.domain] if wanted.domain else self._by_name[fold(wanted.name)]

    def without_domain(self, wanted: CompanyName) -> CompanyRow | None:
        """Once: the one of this name that has no domain yet."""
        return self._without_domain.pop(fold(wanted.name), None) if wanted.domain and wanted.name else None
