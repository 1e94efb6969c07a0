"""Values that an import changed are what they were, unless somebody changed them since."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model

from leads.lead_row import FIRST_TOUCH
from leads.stored_rows import Row, delete_rows, rows_of, stored_columns, write_row
from leads.undoing.changes import RowChange
from leads.undoing.results import Became, Results

# Columns that are one statement, and go back together or not at all.
TOGETHER: Final = (frozenset(FIRST_TOUCH), frozenset({"at", "channel_id", "campaign_id", "page_id"}))
# Another spelling of what stands in the column beside it.
_NOT_COUNTED: Final = frozenset({"email_key", "external_system", "name_key"})
CUSTOM: Final = "custom"


@dataclass(slots=True)
class Values:
    """What of the rows of a table went back: of each row, by its key, the names of the values."""

    fields: dict[int, set[str]] = field(default_factory=dict)
    results: Results = field(default_factory=Results)


def give_values_back(
    model: type[Model], changes: Iterable[RowChange], *, without: Collection[str] = (), became: Became = Became.VALUES
) -> Values:
    """Gives back what these changes, the latest first, took from rows of the model. The caller holds the leads."""
    changes = [change for change in changes if change.before is not None]
    stored, names = rows_of(model, {change.key for change in changes}), stored_columns(model) - set(without)
    values = Values()
    for change in changes:
        now_is = stored.get(change.key)
        if now_is is None:
            values.results[Became.STAYS_GONE] += 1
            continue
        columns = dict(_columns(now_is, change, names, values))
        if columns:
            write_row(model, change.key, columns)
            now_is.update(columns)
    values.results[became] += sum(map(len, values.fields.values()))
    return values


def _columns(now_is: Row, change: RowChange, names: Collection[str], values: Values) -> Iterator[tuple[str, Any]]:
    before, after = change.before or {}, change.after or {}
    wanted = {name for name in before if name in names}
    if CUSTOM in wanted:
        wanted.remove(CUSTOM)
        yield CUSTOM, _custom(now_is, change, values)
    while wanted:
        first = min(wanted)
        group = next((wanted & together for together in TOGETHER if first in together), {first})
        wanted -= group
        if any(now_is.get(name) != after.get(name) for name in group):
            values.results[Became.STAYS_CHANGED] += 1
            continue
        values.fields.setdefault(change.key, set()).update(group - _NOT_COUNTED)
        yield from ((name, before[name]) for name in sorted(group))


def _custom(now_is: Row, change: RowChange, values: Values) -> dict[str, Any]:
    """Each field of one's own is a value by itself."""
    was, became = ((side or {}).get(CUSTOM) or {} for side in (change.before, change.after))
    custom = dict(now_is.get(CUSTOM) or {})
    for key in sorted(was.keys() | became.keys()):
        if was.get(key) == became.get(key):
            continue
        if custom.get(key) != became.get(key):
            values.results[Became.STAYS_CHANGED] += 1
            continue
        values.fields.setdefault(change.key, set()).add(f"{CUSTOM}.{key}")
        if key in was:
            custom[key] = was[key]
        else:
            custom.pop(key, None)
    return custom


def remove_made(
    model: type[Model], changes: Iterable[RowChange], *, became: Became, stays: Became = Became.STAYS_CHANGED,
    in_use: Collection[int] = (),
) -> Results:  # fmt: skip
    """Deletes the rows of the model that these changes made, where they are as they were made and not in use."""
    made = {change.key: change.after or {} for change in changes if change.before is None}
    stored = rows_of(model, made)
    names = stored_columns(model)
    as_made = {
        key
        for key, now_is in stored.items()
        if key not in in_use and all(now_is.get(name) == value for name, value in made[key].items() if name in names)
    }
    count = delete_rows(model, as_made)
    gone = len(made) - len(stored)
    return +Results({became: count, stays: len(stored) - len(as_made), Became.STAYS_GONE: gone})
