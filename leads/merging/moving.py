"""Everything that refers to one record, a lead or a company, goes over to another: whichever package holds it, Django
knows that it does.

What is computed from the rest is thrown away instead, and said so by the package that computes it. Rows that both have
(the same deal, the same word of consent) are one: the survivor's stays, the other is kept for the undoing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import Field, ManyToOneRel, Model, OneToOneField, UniqueConstraint

from leads.models import (
    CompanyDuplicate,
    CompanyDuplicateCheck,
    CompanyDuplicateKey,
    Duplicate,
    DuplicateCheck,
    DuplicateKey,
)

Row = dict[str, Any]
_computed: Final[set[type[Model]]] = {
    Duplicate, DuplicateKey, DuplicateCheck, CompanyDuplicate, CompanyDuplicateKey, CompanyDuplicateCheck,
}  # fmt: skip


@dataclass(slots=True)
class Moved:
    """What a move did, by table: the keys of the rows that went over, and the rows that were dropped."""

    keys: dict[str, list[Any]] = field(default_factory=dict)
    dropped: dict[str, list[Row]] = field(default_factory=dict)


def throw_away(*models: type[Model]) -> None:
    """Rows of these are computed from the rest; said when the application starts."""
    _computed.update(models)


def computed() -> frozenset[type[Model]]:
    """The models whose rows are computed from the rest."""
    return frozenset(_computed)


def may_move() -> None:
    """Until the transaction ends, what is recorded may go from one lead to another (migrations/sql/merging.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('baton.merging', 'on', true)")


def may_move_no_more() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('baton.merging', '', true)")


def move_all(model: type[Model], *, merged_id: int, survivor_id: int) -> Moved:
    """Everything of one record is the other's from now on. The caller holds both, and has called `may_move`."""
    moved = Moved()
    for holder, column in referring(model):
        table = holder._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
        if holder in _computed:
            _run(f"DELETE FROM {table} WHERE {column.column} = %s", merged_id)  # noqa: S608 (names are the model's)
            continue
        dropped = _drop_what_both_have(holder, column, merged_id, survivor_id)
        if dropped:
            moved.dropped[table] = dropped
        # With the key of a row that is the lead's own, it goes over by another key.
        key = survivor_id if isinstance(column, OneToOneField) and column.primary_key else None
        keys = _run(
            f"UPDATE {table} SET {column.column} = %s WHERE {column.column} = %s RETURNING {_key(holder)}",  # noqa: S608
            survivor_id,
            merged_id,
        )
        if keys:
            moved.keys[table] = [key or row[0] for row in keys]
    return moved


def move_back(model: type[Model], moved: Moved, *, merged_id: int, survivor_id: int) -> None:
    """What went over and is still the survivor's goes back, and what was dropped is there again."""
    for holder, column in referring(model):
        table = holder._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
        keys = moved.keys.get(table)
        if keys:
            _run(
                f"UPDATE {table} SET {column.column} = %s"  # noqa: S608 (names are the model's)
                f" WHERE {column.column} = %s AND {_key(holder)}::text = ANY(%s)",
                merged_id,
                survivor_id,
                [str(key) for key in keys],
            )
        for row in moved.dropped.get(table, ()):
            insert_row(holder, row)


def row_of(model: type[Model], pk: int) -> Row:
    """All columns of a row, as JSON has them."""
    [(row,)] = _run(f"SELECT to_jsonb(kept) FROM {model._meta.db_table} AS kept WHERE id = %s", pk)  # noqa: S608, SLF001
    return _json(row)


def delete_row(model: type[Model], pk: int) -> None:
    """The row alone: whatever referred to it went over, and the database refuses where something did not."""
    _run(f"DELETE FROM {model._meta.db_table} WHERE id = %s", pk)  # noqa: S608, SLF001 (a table of ours)


def insert_row(model: type[Model], row: Row) -> None:
    """Stores a row with the columns it had; what the database computes it computes again."""
    columns = _columns(model)
    table = model._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
    _run(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)"  # noqa: S608
        " ON CONFLICT DO NOTHING",
        json.dumps(row),
    )


def write_row(model: type[Model], pk: int, row: Row) -> None:
    """Gives a row these values, of the columns that are named in it."""
    table = model._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
    known = stored_columns(model)
    columns = ", ".join(connection.ops.quote_name(name) for name in sorted(row) if name in known)
    if columns:
        _run(
            f"UPDATE {table} SET ({columns}) = ROW(said.*) FROM ("  # noqa: S608 (names are the model's)
            f"SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)) AS said WHERE {table}.{_key(model)} = %s",
            json.dumps(row),
            pk,
        )


def referring(model: type[Model]) -> Iterator[tuple[type[Model], "Field[Any, Any]"]]:
    """Every column of every package that refers to a record of this kind."""
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 (Django's documented way to relations)
        if isinstance(relation, ManyToOneRel):
            yield relation.related_model, relation.field


def _drop_what_both_have(model: type[Model], column: "Field[Any, Any]", merged_id: int, survivor_id: int) -> list[Row]:
    table = model._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
    rows: list[Row] = []
    for others in _unique_with(model, column):
        same = "".join(f" AND mine.{other} = theirs.{other}" for other in others)
        dropped = _run(
            f"DELETE FROM {table} AS mine USING {table} AS theirs WHERE mine.{column.column} = %s"  # noqa: S608
            f" AND theirs.{column.column} = %s{same} RETURNING to_jsonb(mine)",
            merged_id,
            survivor_id,
        )
        rows += [_json(row) for (row,) in dropped]
    return rows


def _unique_with(model: type[Model], column: "Field[Any, Any]") -> Iterator[list[str]]:
    """The columns that, together with this one, no two rows share; none where each lead has one row."""
    if isinstance(column, OneToOneField):
        yield []
    for constraint in model._meta.constraints:  # noqa: SLF001 (Django's documented way to the constraints)
        if not isinstance(constraint, UniqueConstraint) or constraint.condition is not None:
            continue
        if column.name in constraint.fields:
            yield [
                str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # noqa: SLF001
                for name in constraint.fields
                if name != column.name
            ]


def stored_columns(model: type[Model]) -> set[str]:
    """The names of the columns whose values are given, not computed by the database."""
    return {str(one.column) for one in _stored(model)}


def _stored(model: type[Model]) -> list["Field[Any, Any]"]:
    return [one for one in model._meta.concrete_fields if not one.generated]  # noqa: SLF001 (Django's way)


def _columns(model: type[Model]) -> str:
    return ", ".join(connection.ops.quote_name(str(one.column)) for one in _stored(model))


def _key(model: type[Model]) -> str:
    return str(model._meta.pk.column)  # noqa: SLF001 (Django's documented way to the key)


def _run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _json(value: Any) -> Row:
    row: Row = json.loads(value) if isinstance(value, str) else value
    return row
