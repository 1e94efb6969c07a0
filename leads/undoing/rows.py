"""The rows an import made or changed, as the database wrote them down, and rows as they are now."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from lib.arrays import array_literal

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowChange:
    """What was done to one row."""

    # The table's name.
    source: str
    key: int
    lead_id: int | None
    # The columns that changed, as they were; None: the row was made.
    before: Row | None
    # The same columns as they became, or the whole row that was made; None where its key is all that is known.
    after: Row | None


@contextmanager
def undoing() -> Iterator[None]:
    """Within, what an import recorded may be taken back (migrations/sql/undoing.sql); in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('baton.undoing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('baton.undoing', '', true)")


def rows_now(model: type[Model], keys: Collection[int]) -> dict[int, dict[str, Any]]:
    """The rows with these keys, locked, all columns as JSON has them."""
    if not keys:
        return {}
    table, column = model._meta.db_table, model._meta.pk.column  # noqa: SLF001 (Django's documented way to the table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, to_jsonb(stored) FROM {table} AS stored WHERE {column} = ANY(%s::bigint[])"  # noqa: S608
            f" ORDER BY {column} FOR NO KEY UPDATE",
            [array_literal(keys)],
        )
        return {key: as_json(row) for key, row in cursor.fetchall()}


def delete_rows(model: type[Model], keys: Collection[int], *, column: str = "") -> int:
    """Deletes the rows with these keys, or with one of them in the column; returns how many."""
    if not keys:
        return 0
    table = model._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
    column = column or str(model._meta.pk.column)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE {column} = ANY(%s::bigint[])",  # noqa: S608 (names are the model's)
            [array_literal(keys)],
        )
        return int(cursor.rowcount)


def counts_by_lead(model: type[Model], column: str, lead_ids: Collection[int]) -> dict[int, int]:
    """How many rows of each of these leads there are, of those that have any."""
    table = model._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, count(*) FROM {table} WHERE {column} = ANY(%s::bigint[]) GROUP BY {column}",  # noqa: S608
            [array_literal(lead_ids)],
        )
        return dict(cursor.fetchall())


def as_json(value: Any) -> dict[str, Any]:
    """What the database says of a row, whichever way its driver hands it out."""
    row: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return row
