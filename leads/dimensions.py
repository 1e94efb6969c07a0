"""Finds or creates, in a handful of statements, the channels, campaigns, pages, assets and companies of a batch."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import connection, models
from django.db.models.functions import Lower

from leads.models import Asset, Campaign, Channel, Company, Page
from leads.models.content import PageCategory
from leads.parsing import CompanyName, Named

_CATEGORY_OF_SEGMENT: Final = {
    "": PageCategory.HOME,
    "pricing": PageCategory.PRICING,
    "prices": PageCategory.PRICING,
    "plans": PageCategory.PRICING,
    "product": PageCategory.PRODUCT,
    "products": PageCategory.PRODUCT,
    "features": PageCategory.PRODUCT,
    "services": PageCategory.SERVICES,
    "case-studies": PageCategory.CASE_STUDY,
    "customers": PageCategory.CASE_STUDY,
    "blog": PageCategory.BLOG,
    "lp": PageCategory.LANDING,
}
# For each table the keys that are asked for, with the columns of a row that does not exist yet.
Wanted = Mapping[type[models.Model], Mapping[str, dict[str, object]]]
# One namespace of advisory locks: companies without a domain are created one transaction at a time.
_COMPANY_LOCK: Final = 0x6261746F


class Dimensions:
    """The ids behind the names one batch uses; unknown ones are created, channels among them as to be mapped."""

    def __init__(
        self,
        *,
        channels: Iterable[Named | None],
        campaigns: Iterable[Named | None],
        pages: Iterable[Named | None],
        assets: Iterable[Named | None],
    ) -> None:
        self._ids_by_key = _ids(
            {
                Channel: {one.key: {"name": one.name, "needs_mapping": True} for one in channels if one},
                Campaign: {one.key: {"name": one.name} for one in campaigns if one},
                Page: {one.key: {"category": _category(one.key)} for one in pages if one},
                Asset: {one.key: {"name": one.name} for one in assets if one},
            }
        )

    def channel(self, named: Named | None) -> int | None:
        return self._ids_by_key[Channel].get(named.key) if named else None

    def campaign(self, named: Named | None) -> int | None:
        return self._ids_by_key[Campaign].get(named.key) if named else None

    def page(self, named: Named | None) -> int | None:
        return self._ids_by_key[Page].get(named.key) if named else None

    def asset(self, named: Named | None) -> int | None:
        return self._ids_by_key[Asset].get(named.key) if named else None


def companies(named: Iterable[CompanyName | None], *, now: datetime) -> dict[CompanyName, Company]:
    """The company behind each name: by domain where there is one, else by name in any case."""
    wanted = {one for one in named if one}
    if not wanted:
        return {}
    rows = _find_companies(wanted)
    missing = sorted(wanted - rows.keys())
    if missing:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COMPANY_LOCK])
        rows = _find_companies(wanted)
        fresh: dict[str, Company] = {}
        for name, domain in sorted(wanted - rows.keys()):
            fresh.setdefault(
                domain or name.casefold(), Company(name=name or domain, domain=domain or None, created_at=now)
            )
        created = Company.objects.bulk_create(fresh.values())
        rows |= _of(wanted - rows.keys(), reversed(created))
    return rows


def _find_companies(wanted: set[CompanyName]) -> dict[CompanyName, Company]:
    domains = {domain for _, domain in wanted if domain}
    names = {name.lower() for name, domain in wanted if not domain}
    rows = (
        Company.objects.annotate(lower_name=Lower("name"))
        .filter(models.Q(domain__in=domains) | models.Q(lower_name__in=names))
        .order_by("-pk")  # the oldest of a name wins, being written last
    )
    return _of(wanted, rows)


def _of(wanted: set[CompanyName], rows: Iterable[Company]) -> dict[CompanyName, Company]:
    """Which of these companies each (name, domain) is; of the same name the last."""
    by_domain: dict[str, Company] = {}
    by_name: dict[str, Company] = {}
    for company in rows:
        by_domain[company.domain or ""] = company
        by_name[company.name.lower()] = company
    known_companies: dict[CompanyName, Company] = {}
    for named in wanted:
        known = by_domain.get(named.domain) if named.domain else by_name.get(named.name.lower())
        if known is not None:
            known_companies[named] = known
    return known_companies


def _ids(wanted: Wanted) -> dict[type[models.Model], dict[str, int]]:
    """The keys of each table with their ids; where all are known, as nearly always, in one statement for all tables."""
    ids = _find(wanted)
    missing = {model: sorted(rows.keys() - ids[model].keys()) for model, rows in wanted.items()}
    for model, keys in missing.items():
        fresh = [model(key=key, **wanted[model][key]) for key in keys]
        model._default_manager.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    return _find(wanted) if any(missing.values()) else ids


def _find(wanted: Wanted) -> dict[type[models.Model], dict[str, int]]:
    asked = [(model, sorted(rows)) for model, rows in wanted.items() if rows]
    ids: dict[type[models.Model], dict[str, int]] = {model: {} for model in wanted}
    if asked:
        parts = (
            f"SELECT {place}, key, id FROM {connection.ops.quote_name(model._meta.db_table)} WHERE key = ANY(%s)"  # noqa: S608, SLF001 (a table of ours)
            for place, (model, _keys) in enumerate(asked)
        )
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), [keys for _model, keys in asked])
            for place, key, pk in cursor.fetchall():
                ids[asked[place][0]][key] = pk
    return ids


def _category(key: str) -> str:
    if not key.startswith("/"):
        return PageCategory.OTHER
    return _CATEGORY_OF_SEGMENT.get(key.split("/")[1].lower(), PageCategory.OTHER)
