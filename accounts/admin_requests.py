"""What of a request the pages of the admin take: the lookups of their lists, and the rows of their forms."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any, Final

from django.contrib.admin import EmptyFieldListFilter
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime

# So many empty rows are built in no time, and no form sends fewer fields than it has rows.
FREE_ROWS: Final = 100
_TOTAL: Final = "-TOTAL_FORMS"
# The years that have a beginning and an end in every time zone.
_YEARS: Final = range(1900, 9999)


class TooManyRows(SuspiciousOperation):
    """A form promises rows that it does not send; Django answers 400."""


def is_offered(
    lookup: str, value: str, model: type[models.Model], filters: Iterable[Any], date_hierarchy: str | None
) -> bool:
    """Whether a filter beside the list of this model asks like this, and the value is one that can be looked for."""
    if date_hierarchy and lookup.startswith(f"{date_hierarchy}__"):
        return lookup in _of_days(date_hierarchy, value)
    return lookup in {name for each in filters for name in _of_filter(model, each, value)}


def _of_filter(model: type[models.Model], each: Any, value: str) -> Iterator[str]:
    """The parameters by which one filter of `list_filter` asks."""
    name, kind = (each, None) if isinstance(each, str) else each
    field: Any = model._meta.get_field(name)  # noqa: SLF001 (Django's public name)
    if kind is EmptyFieldListFilter:
        yield f"{name}__isempty"
        return
    yield f"{name}__isnull"
    if field.is_relation:
        yield f"{name}__{field.target_field.name}__exact"
    elif isinstance(field, models.BooleanField) or field.choices:
        yield f"{name}__exact"
    elif not isinstance(field, models.DateField):
        yield name
    elif _is_moment(value):
        yield from (f"{name}__gte", f"{name}__lt")


def _of_days(name: str, value: str) -> Iterator[str]:
    """The parameters by which the days above the list ask for this number."""
    number = int(value) if value.isascii() and value.isdecimal() and len(value) <= 4 else 0
    for part, numbers in (("year", _YEARS), ("month", range(1, 13)), ("day", range(1, 32))):
        if number in numbers:
            yield f"{name}__{part}"


def _is_moment(text: str) -> bool:
    """A day or a moment that every time zone has."""
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time()) if day else parse_datetime(text)
        return moment is not None and moment.astimezone(UTC).year in _YEARS
    except (ValueError, OverflowError):
        return False


def refuse_absent_rows(sent: Mapping[str, Any]) -> None:
    """Raises TooManyRows where the number of rows of a form is more than the fields it sends for them."""
    totals = [name for name in sent if name.endswith(_TOTAL)]
    if not totals:
        return
    fields = Counter(name.partition("-")[0] for name in sent)
    for name in totals:
        try:
            total = int(sent[name])
        except ValueError:  # Django says so on the form
            continue
        if total > max(FREE_ROWS, fields[name.partition("-")[0]]):
            raise TooManyRows(f"{name} promises more rows than are sent.")
