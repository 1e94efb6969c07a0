"""Everything that refers to one record, a lead or a company, goes over to another: whichever package holds it, Django
knows that it does.

What is computed from the rest is thrown away instead, and said so by the package that computes it. Rows that both have
(the same deal, the same word of consent) are one: the survivor's stays, the other is kept for the undoing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Field, ManyToOneRel, Model, OneToOneField, UniqueConstraint

from leads.models import (
    CompanyDuplicate,
    CompanyDuplicateCheck,
    CompanyDuplicateKey,
    Duplicate,
    DuplicateCheck,
    DuplicateKey,
)
from leads.stored_rows import Row, as_row, delete_rows, insert_row, key_of, run, table_of

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


def move_all(model: type[Model], *, merged_id: int, survivor_id: int) -> Moved:
    """Everything of one record is the other's from now on. The caller holds both, and has
    `leave(merging="on")` of the triggers (migrations/sql/merging.sql)."""
    moved = Moved()
    for holder, column in referring(model):
        table = table_of(holder)
        if holder in _computed:
            delete_rows(holder, [merged_id], column=str(column.column))
            continue
        dropped = _drop_what_both_have(holder, column, merged_id, survivor_id)
        if dropped:
            moved.dropped[table] = dropped
        # With the key of a row that is the lead's own, it goes over by another key.
        key = survivor_id if isinstance(column, OneToOneField) and column.primary_key else None
        keys = run(
            f"UPDATE {table} SET {column.column} = %s WHERE {column.column} = %s RETURNING {key_of(holder)}",  # noqa: S608
            survivor_id,
            merged_id,
        )
        if keys:
            moved.keys[table] = [key or row[0] for row in keys]
    return moved


def move_back(model: type[Model], moved: Moved, *, merged_id: int, survivor_id: int) -> None:
    """What went over and is still the survivor's goes back, and what was dropped is there again."""
    for holder, column in referring(model):
        table = table_of(holder)
        keys = moved.keys.get(table)
        if keys:
            run(
                f"UPDATE {table} SET {column.column} = %s"  # noqa: S608 (names are the model's)
                f" WHERE {column.column} = %s AND {key_of(holder)}::text = ANY(%s)",
                merged_id,
                survivor_id,
                [str(key) for key in keys],
            )
        for row in moved.dropped.get(table, ()):
            insert_row(holder, row)


def referring(model: type[Model]) -> Iterator[tuple[type[Model], "Field[Any, Any]"]]:
    """Every column of every package that refers to a record of this kind."""
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 (Django's documented way to relations)
        if isinstance(relation, ManyToOneRel):
            yield relation.related_model, relation.field


def _drop_what_both_have(model: type[Model], column: "Field[Any, Any]", merged_id: int, survivor_id: int) -> list[Row]:
    table = table_of(model)
    rows: list[Row] = []
    for others in _unique_with(model, column):
        same = "".join(f" AND mine.{other} = theirs.{other}" for other in others)
        dropped = run(
            f"DELETE FROM {table} AS mine USING {table} AS theirs WHERE mine.{column.column} = %s"  # noqa: S608
            f" AND theirs.{column.column} = %s{same} RETURNING to_jsonb(mine)",
            merged_id,
            survivor_id,
        )
        rows += [as_row(row) for (row,) in dropped]
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
