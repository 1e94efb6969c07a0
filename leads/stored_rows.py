"""Rows of any table of ours, by their keys, with all columns as JSON has them: what merging and undoing share."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from lib.arrays import array_literal

Row = dict[str, Any]


def rows_of(model: type[Model], keys: Collection[int]) -> dict[int, Row]:
    """The rows with these keys, locked."""
    if not keys:
        return {}
    table, key = table_of(model), key_of(model)
    stored = run(
        f"SELECT {key}, to_jsonb(stored) FROM {table} AS stored WHERE {key} = ANY(%s::bigint[])"  # noqa: S608
        f" ORDER BY {key} FOR NO KEY UPDATE",
        array_literal(keys),
    )
    return {pk: as_row(row) for pk, row in stored}


def row_of(model: type[Model], pk: int) -> Row:
    """The row, which is there and held by the caller."""
    [(row,)] = run(f"SELECT to_jsonb(stored) FROM {table_of(model)} AS stored WHERE {key_of(model)} = %s", pk)  # noqa: S608
    return as_row(row)


def insert_row(model: type[Model], row: Mapping[str, Any]) -> None:
    """Stores a row with the columns it had; what the database computes it computes again."""
    table, columns = table_of(model), _quoted(stored_columns(model))
    run(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)"  # noqa: S608
        " ON CONFLICT DO NOTHING",
        json.dumps(row),
    )


def write_row(model: type[Model], pk: int, row: Mapping[str, Any]) -> None:
    """Gives a row these values, of the columns that are named in it."""
    table, columns = table_of(model), _quoted(stored_columns(model).intersection(row))
    if columns:
        run(
            f"UPDATE {table} SET ({columns}) = ROW(said.*) FROM (SELECT {columns}"  # noqa: S608 (names are the model's)
            f" FROM jsonb_populate_record(NULL::{table}, %s)) AS said WHERE {table}.{key_of(model)} = %s",
            json.dumps(row),
            pk,
        )


def delete_rows(model: type[Model], keys: Collection[int], *, column: str = "") -> int:
    """Deletes the rows with these keys, or with one of them in the column; returns how many.

    The rows alone: the database refuses where something refers to them.
    """
    if not keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table_of(model)} WHERE {column or key_of(model)} = ANY(%s::bigint[])",  # noqa: S608
            [array_literal(keys)],
        )
        return int(cursor.rowcount)


def counts_by(model: type[Model], column: str, values: Collection[int]) -> dict[int, int]:
    """How many rows hold each of these values in the column, of those that any row holds."""
    counts = f"SELECT {column}, count(*) FROM {table_of(model)} WHERE {column} = ANY(%s::bigint[]) GROUP BY 1"  # noqa: S608
    return dict(run(counts, array_literal(values)))


def stored_columns(model: type[Model]) -> set[str]:
    """The names of the columns whose values are given, not computed by the database."""
    fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)  # noqa: SLF001 (Django's documented way)
    return {str(one.column) for one in fields if not one.generated}


def table_of(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 (Django's documented way to the table)


def key_of(model: type[Model]) -> str:
    return str(model._meta.pk.column)  # noqa: SLF001 (Django's documented way to the key)


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows a statement returns, if it returns any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def as_row(value: Any) -> Row:
    """What the database says of a row, whichever way its driver hands it out."""
    row: Row = json.loads(value) if isinstance(value, str) else value
    return row


def _quoted(names: Collection[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in sorted(names))
