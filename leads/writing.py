"""Many rows, each with values of its own, written by one statement.

Django's bulk_update says the same with a condition per row and column, its bulk_create with a placeholder per value; to
build these statements and to read them took longer than everything else an intake of 500 leads does.
"""

from collections.abc import Collection, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final, cast

from django.db import connection
from django.db.models import Field, Model

from lib.arrays import array_literal
from lib.together import send, tell

# COPY asks the server three times, which for a few rows takes longer than their values one by one.
FEW: Final = 8


def write(model: type[Model], rows: Sequence[object], names: Collection[str]) -> int:
    """Stores these fields of the rows, which have the model's columns and are in the database. Returns how many were
    written.

    The names are those of the model's fields or of their columns (company, company_id). The caller holds the rows, or
    gives them in the order of their keys, so that two who write the same rows wait for each other.
    """
    if not rows or not names:
        return 0
    meta = model._meta  # noqa: SLF001 (Django's documented way to the fields)
    fields = [cast("Field[Any, Any]", field) for field in (meta.pk, *map(meta.get_field, sorted(names)))]
    table, (key, *columns) = connection.ops.quote_name(meta.db_table), [_column(field) for field in fields]
    assignments = ", ".join(f"{column} = given.{column}" for column in columns)
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {assignments}"  # noqa: S608 (names are the model's)
            f" FROM unnest({arrays}) AS given({', '.join((key, *columns))}) WHERE {table}.{key} = given.{key}",
            [array_literal(map(attrgetter(field.attname), rows)) for field in fields],
        )
        return int(cursor.rowcount)


def insert(model: type[Model], names: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    """Stores new rows: of each its values, in the order of the names, which are those of columns.

    JSON is given as text. Columns that are not named are empty, or what the database makes of them. Raises
    IntegrityError and DataError as every INSERT does.
    """
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 (Django's documented way to the table)
    columns = ", ".join(map(connection.ops.quote_name, names))
    if len(rows) <= FEW:
        values = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(rows))
        tell(f"INSERT INTO {table} ({columns}) VALUES {values}", list(chain.from_iterable(rows)))  # noqa: S608 (names are the model's)
        return
    send()
    # Django turns the errors of execute() into its own, those of copy() it leaves as they are.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def new_ids(model: type[Model], count: int) -> list[int]:
    """As many ids as are asked for, ascending, which no row of the model has or will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],  # noqa: SLF001 (Django's documented way to the table)
        )
        return [int(pk) for (pk,) in cursor.fetchall()]


def _column(field: "Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def _type(field: "Field[Any, Any]") -> str:
    """Without its length: what is too long is to be refused, and a cast would cut it off."""
    return str(field.db_type(connection)).partition("(")[0]
