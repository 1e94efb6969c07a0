"""Finds or creates, in a handful of statements, the channels, campaigns, pages and assets of a batch."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from django.db import connection, models, transaction

from leads.content.page_rules import category_of
from leads.models import Asset, Campaign, Channel, Page
from leads.parsing import Named
from lib.process_cache import ProcessCache

# What each is known by, in SQL.
_IDENTITY: Final[Mapping[type[models.Model], str]] = {
    Channel: "key",
    Campaign: "key",
    Page: "lib_fold(key)",
    Asset: "lib_fold(key)",
}
# For each table the keys that are asked for, with the columns of a row that does not exist yet.
Wanted = Mapping[type[models.Model], Mapping[str, dict[str, object]]]
Ids = dict[type[models.Model], dict[str, int]]
# The ids this process has seen, until a name is changed (migrations/sql/name_changes.sql). Few names of a website are
# asked for again and again; of a website without end the memory begins anew.
MOST_REMEMBERED: Final = 10_000
_KNOWN: Final = ProcessCache[Ids](lambda: {model: {} for model in _IDENTITY})


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
                Channel: _rows(channels, lambda one: {"key": one.key, "name": one.name, "needs_mapping": True}),
                Campaign: _rows(campaigns, lambda one: {"key": one.key, "name": one.name}),
                Page: _rows(pages, lambda one: {"key": one.name, **category_of(one.key)}),
                Asset: _rows(assets, lambda one: {"key": one.name, "name": one.name}),
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


def _rows(named: Iterable[Named | None], columns: Callable[[Named], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The columns by key; of two spellings of a name the first one stays."""
    first: dict[str, Named] = {}
    for one in named:
        if one:
            first.setdefault(one.key, one)
    return {key: columns(one) for key, one in first.items()}


def _ids(wanted: Wanted) -> Ids:
    """The keys of each table with their ids; where this process knows all of them, as nearly always, of its memory."""
    known = _KNOWN.get()
    seen = dict(known)  # another thread may begin the memory of a table anew meanwhile
    fresh = _found_or_made(
        {model: {key: row for key, row in rows.items() if key not in seen[model]} for model, rows in wanted.items()}
    )
    if any(fresh.values()):
        # Not before they are there for everybody: what is rolled back was never there.
        transaction.on_commit(partial(_remember, known, fresh), robust=True)
    return {model: {key: seen[model].get(key) or fresh[model][key] for key in rows} for model, rows in wanted.items()}


def _remember(known: Ids, fresh: Ids) -> None:
    """`known` is what was in force when they were looked up: after a change nobody looks into it any more."""
    for model, ids in fresh.items():
        if len(known[model]) + len(ids) > MOST_REMEMBERED:
            known[model] = {}
        known[model].update(ids)


def _found_or_made(wanted: Wanted) -> Ids:
    """In one statement for all tables where all are there."""
    ids = _find(wanted)
    missing = {model: sorted(rows.keys() - ids[model].keys()) for model, rows in wanted.items()}
    for model, keys in missing.items():
        fresh = [model(**wanted[model][key]) for key in keys]
        model._default_manager.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    return _find(wanted) if any(missing.values()) else ids


def _find(wanted: Wanted) -> Ids:
    asked = [(model, sorted(rows)) for model, rows in wanted.items() if rows]
    ids: Ids = {model: {} for model in wanted}
    if asked:
        parts = (
            f"SELECT {place}, {_IDENTITY[model]}, id FROM {model._meta.db_table} WHERE {_IDENTITY[model]} = ANY(%s)"  # noqa: S608, SLF001 (a table of ours)
            for place, (model, _keys) in enumerate(asked)
        )
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), [keys for _model, keys in asked])
            for place, key, pk in cursor.fetchall():
                ids[asked[place][0]][key] = pk
    return ids
