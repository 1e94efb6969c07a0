"""What a list is that can be exported: one declaration by the package that shows it, registered when it starts."""

import uuid
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

from accounts.models import User
from accounts.roles import ROLES
from lib.zones import organisation_zone

Value = str | int | float | None
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a list (nobody: the command, which sees everything), with which filters, and when."""

    user: User | None
    query: QueryDict
    now: datetime


@dataclass(frozen=True, slots=True)
class ExportedColumn:
    """One column: its head, and what stands in it of a row."""

    head: str
    value: Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a list: how many, and each of them."""

    count: int
    each: Iterable[Any]


@dataclass(frozen=True, kw_only=True)
class ExportedList:
    """One list. Its rows are those of its page: the same access door, the same filters, the same order."""

    key: str
    label: str | Promise
    columns: Callable[[Asked], Sequence[ExportedColumn]]
    rows: Callable[[Asked], Rows]
    # Who may open its page.
    roles: Sequence[str] = ROLES
    # It is about something that its query names, such as one import: only that one's page exports it.
    is_part: bool = False
    # The names of the query it understands, for the help of the command.
    filters: Sequence[str] = field(default_factory=tuple)


class UnknownList(LookupError):
    """There is no list of that key."""


class NotToBeListed(ValueError):
    """What the query names cannot be listed; the message tells why."""


_lists: Final[dict[str, ExportedList]] = {}


def register(listed: ExportedList) -> ExportedList:
    """The list, which can be exported from now on."""
    _lists[listed.key] = listed
    return listed


def listed(key: str) -> ExportedList:
    """Raises UnknownList."""
    try:
        return _lists[key]
    except KeyError as error:
        raise UnknownList(key) from error


def lists() -> Sequence[ExportedList]:
    """All of them, those of the leads first."""
    return tuple(_lists.values())


def lists_for(user: User) -> Sequence[ExportedList]:
    """Those this person may export as a whole."""
    return [one for one in _lists.values() if not one.is_part and user.has_role(*one.roles)]


def stored_rows(queryset: "QuerySet[Any]") -> Rows:
    """The rows of a queryset in its order. Their keys are read at once, they themselves by and by: a list of a million
    takes no more memory than its keys, and no connection is held between two of them."""
    keys = array("q", queryset.values_list("pk", flat=True))
    return Rows(len(keys), _by_key(queryset, keys))


def _by_key(queryset: "QuerySet[Any]", keys: Sequence[int]) -> Iterator[Model]:
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        known = {row.pk: row for row in queryset.order_by().filter(pk__in=list(part))}
        yield from (known[key] for key in part if key in known)


def uuid_of(text: str, *, name: str) -> uuid.UUID:
    """The id that the query names; raises NotToBeListed."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotToBeListed(name) from error


def written(value: Any) -> Value:
    """A value as a cell holds it: a moment with its offset, so that nobody has to know whose clock it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, datetime):
        return value.astimezone(organisation_zone()).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    return value if value is None or isinstance(value, int | float | str) else str(value)


def column(head: str, path: str = "") -> ExportedColumn:
    """A column of what stands at the end of this path of attributes; nothing where one on the way is missing."""
    names = (path or head).split(".")

    def value(row: Any) -> Value:
        for name in names:
            row = getattr(row, name) if row is not None else None
        return written(row)

    return ExportedColumn(head, value)


def fixed(*columns: ExportedColumn) -> Callable[[Asked], Sequence[ExportedColumn]]:
    """The same columns for everybody."""
    return lambda _asked: columns
