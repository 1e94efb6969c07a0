"""Finds or creates, in a handful of statements, the channels, campaigns, pages, assets and companies of a batch."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection, models
from django.db.models.functions import Lower

from leads.models import Asset, Campaign, Channel, Company, Page
from leads.models.content import PageCategory
from leads.normalise import domain_key, page_key, source_key

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
Wanted = Mapping[type[models.Model], Mapping[str, dict[str, Any]]]
# One namespace of advisory locks: companies without a domain are created one transaction at a time.
_COMPANY_LOCK: Final = 0x6261746F


class Dimensions:
    """The ids behind the names one batch uses. Call `know` once with all names, then look up."""

    def __init__(self) -> None:
        self.channels: dict[str, int] = {}
        self.campaigns: dict[str, int] = {}
        self.pages: dict[str, int] = {}
        self.assets: dict[str, int] = {}

    def know(
        self, *, channels: Iterable[str], campaigns: Iterable[str], pages: Iterable[str], assets: Iterable[str] = ()
    ) -> None:
        """Names as they came in; unknown ones are created, channels among them as to be mapped."""
        wanted: Wanted = {
            Channel: {source_key(name): {"name": name.strip(), "needs_mapping": True} for name in _nonempty(channels)},
            Campaign: {source_key(name): {"name": name.strip()} for name in _nonempty(campaigns)},
            Page: {key: {"category": _category(key)} for key in map(page_key, _nonempty(pages))},
            Asset: {name.strip(): {"name": name.strip()} for name in _nonempty(assets)},
        }
        found = _ids(wanted)
        self.channels, self.campaigns, self.pages, self.assets = (found[model] for model in wanted)

    def channel(self, name: str) -> int | None:
        return self.channels.get(source_key(name))

    def campaign(self, name: str) -> int | None:
        return self.campaigns.get(source_key(name))

    def page(self, name: str) -> int | None:
        return self.pages.get(page_key(name))

    def asset(self, name: str) -> int | None:
        return self.assets.get(name.strip())


def companies(named: Iterable[tuple[str, str]], *, now: datetime) -> dict[tuple[str, str], Company]:
    """The company behind each (name, domain): by domain where there is one, else by name in any case."""
    wanted = {(name, domain_key(domain)) for name, domain in named if name or domain_key(domain)}
    if not wanted:
        return {}
    found = _find_companies(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_COMPANY_LOCK])
        found = _find_companies(wanted)
        fresh: dict[str, Company] = {}
        for name, domain in sorted(wanted - found.keys()):
            fresh.setdefault(
                domain or name.casefold(), Company(name=name or domain, domain=domain or None, created_at=now)
            )
        created = Company.objects.bulk_create(fresh.values())
        found |= _of(wanted - found.keys(), reversed(created))
    return found


def _find_companies(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Company]:
    domains = {domain for _, domain in wanted if domain}
    names = {name.lower() for name, domain in wanted if not domain}
    rows = (
        Company.objects.annotate(lower_name=Lower("name"))
        .filter(models.Q(domain__in=domains) | models.Q(lower_name__in=names))
        .order_by("-pk")  # the oldest of a name wins, being written last
    )
    return _of(wanted, rows)


def _of(wanted: set[tuple[str, str]], rows: Iterable[Company]) -> dict[tuple[str, str], Company]:
    """Which of these companies each (name, domain) is; of the same name the last."""
    by_domain: dict[str, Company] = {}
    by_name: dict[str, Company] = {}
    for company in rows:
        by_domain[company.domain or ""] = company
        by_name[company.name.lower()] = company
    found: dict[tuple[str, str], Company] = {}
    for name, domain in wanted:
        known: Company | None = by_domain.get(domain) if domain else by_name.get(name.lower())
        if known is not None:
            found[name, domain] = known
    return found


def _nonempty(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name.strip())


def _ids(wanted: Wanted) -> dict[type[models.Model], dict[str, int]]:
    """The keys of each table with their ids; where all are known, as nearly always, in one statement for all tables."""
    found = _find(wanted)
    missing = {model: sorted(rows.keys() - found[model].keys()) for model, rows in wanted.items()}
    for model, keys in missing.items():
        fresh = [model(key=key, **wanted[model][key]) for key in keys]
        model._default_manager.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    return _find(wanted) if any(missing.values()) else found


def _find(wanted: Wanted) -> dict[type[models.Model], dict[str, int]]:
    asked = [(model, sorted(rows)) for model, rows in wanted.items() if rows]
    found: dict[type[models.Model], dict[str, int]] = {model: {} for model in wanted}
    if asked:
        parts = (
            f"SELECT {place}, key, id FROM {connection.ops.quote_name(model._meta.db_table)} WHERE key = ANY(%s)"  # noqa: S608, SLF001 (a table of ours)
            for place, (model, _keys) in enumerate(asked)
        )
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), [keys for _model, keys in asked])
            for place, key, pk in cursor.fetchall():
                found[asked[place][0]][key] = pk
    return found


def _category(key: str) -> str:
    if not key.startswith("/"):
        return PageCategory.OTHER
    return _CATEGORY_OF_SEGMENT.get(key.split("/")[1].lower(), PageCategory.OTHER)
