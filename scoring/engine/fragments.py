"""Parts of an SQL statement with their parameters, put together without writing a value into the text."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from lib.arrays import array_literal
from scoring.engine.expressions import BATCH, FIRST, LAST, Batch, Edge, Moment, Reasons

# Parameters of a statement, or one row of its answer: whatever its columns are.
Values = tuple[Any, ...]


class Piece(NamedTuple):
    """A part of a statement and its parameters, in the order they stand."""

    text: str
    params: Values = ()


def piece(template: str, *parts: object) -> Piece:
    """Fills `{}` with pieces and leaves `%s` for values, both taken from `parts` in the order they stand."""
    values = iter(parts)
    params: list[object] = []

    def put(match: re.Match[str]) -> str:
        value = next(values)
        if match[0] == "{}" and isinstance(value, Piece):
            params.extend(value.params)
            return value.text
        if match[0] == "{}":
            raise TypeError("A place for a piece holds a value.")
        params.append(value)
        return "%s"

    return Piece(re.sub(r"\{\}|%s", put, template), tuple(params))


def listed(parts: Sequence[Piece], *, by: str = ", ", none: str = "") -> Piece:
    """The pieces side by side."""
    text = by.join(each.text for each in parts) or none
    return Piece(text, tuple(value for each in parts for value in each.params))


def compiled(queryset: QuerySet[Any, Any]) -> Piece:
    """A queryset as Django would run it."""
    text, params = queryset.query.sql_with_params()
    return Piece(text, tuple(params))


def for_neighbours(part: Piece) -> Piece:
    """The same for a batch that is every lead between two keys: a table is read by one range, not key by key."""
    values = iter(part.params)
    params: list[object] = []

    def put(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return match[0]
        value = next(values)
        if value is BATCH and match[0] != "%s":
            params.extend((FIRST, LAST))
            return "BETWEEN %s AND %s"
        params.append(value)
        return match[0]

    return Piece(re.sub(r"%%|= ANY\(%s\)|%s", put, part.text), tuple(params))


def filled(part: Piece, *, lead_ids: list[int], now: datetime, whys: list[int] | None = None) -> Values:
    """The parameters with the moment, the batch and the reasons put in."""

    def put(value: object) -> object:
        match value:
            case Moment():
                return value.at(now)
            case Batch():
                return array_literal(lead_ids)
            case Edge():
                return lead_ids[0 if value is FIRST else -1]
            case Reasons():
                return array_literal(whys or [])
            case _:
                return value

    return tuple(put(value) for value in part.params)


def written(part: Piece, *, lead_ids: list[int], now: datetime, whys: list[int] | None = None) -> int:
    """Runs a statement that writes. Returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(part.text, filled(part, lead_ids=lead_ids, now=now, whys=whys))
        return int(cursor.rowcount)


def rows(part: Piece, *, lead_ids: list[int], now: datetime) -> list[Values]:
    """Runs a statement that reads."""
    with connection.cursor() as cursor:
        cursor.execute(part.text, filled(part, lead_ids=lead_ids, now=now))
        return list(cursor.fetchall())
