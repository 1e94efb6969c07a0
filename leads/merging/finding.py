"""Finds records that may be one, and says why. A `Finder` says of which kind: leads that may be one person
(lead_duplicates.py), companies that may be one (company_duplicates.py).

Whatever is new or became better known is compared, in the background, with those that share a key with it. A key that
very many share tells nothing and is passed over. People decide.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils.functional import Promise

from leads.models.merge import DuplicateBase
from lib.arrays import array_literal

BATCH: Final = 200
MOST_OF_A_KEY: Final = 50
SURE: Final = 99
SHOWN: Final = 5
# Of each key no more of its records than tell that they are too many: a key may be shared by half of all.
_SHARING: Final = """
SELECT ARRAY(SELECT {column} FROM {table} WHERE key = asked.key LIMIT %s)
FROM unnest(%s::text[]) AS asked (key)
"""


class Reason(NamedTuple):
    """Why two may be one, and how much that says, of a hundred."""

    label: str | Promise
    weight: int


class Found(NamedTuple):
    """What speaks for it that two records are one."""

    reasons: list[str]
    similarity: int
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """How records of one kind are compared, and where what was found is kept."""

    # The records; pairs of them (a DuplicateBase); the keys they share; the work owed. Keys and work name the record
    # by `column`.
    model: type[Model]
    pair: type[Any]
    key: type[Model]
    check: type[Model]
    column: str
    reasons: Mapping[str, Reason]
    # The records with these ids, with all that is compared of them.
    load: Callable[[Collection[int]], dict[int, Any]]
    # What others share with the record that may be the same.
    keys_of: Callable[[Any], Iterable[str]]
    # What speaks for it that the two are one; None when nothing does.
    compare: Callable[[Any, Any], Found | None]
    # One at a time finds: two who compare twins at once would each not see the other's.
    lock: int

    def conclude(self, reasons: list[str], *, is_certain: bool) -> Found:
        """The reasons with what they say together."""
        weight = max(self.reasons[reason].weight for reason in reasons)
        return Found(reasons, SURE if is_certain else weight, is_certain)

    def words(self, reasons: Iterable[str]) -> str:
        """Why two may be one."""
        return ", ".join(str(self.reasons[reason].label) for reason in reasons if reason in self.reasons)


def ask(finder: Finder, ids: Iterable[int], *, now: datetime) -> None:
    """These records are new or better known: they are compared soon."""
    checks = [finder.check(**{f"{finder.column}_id": pk, "asked_at": now}) for pk in sorted(ids)]
    finder.check._default_manager.bulk_create(checks, ignore_conflicts=True)


@transaction.atomic
def find(finder: Finder, *, now: datetime, limit: int = BATCH) -> int:
    """Compares those who have waited longest. Returns how many; 0 too while somebody else compares."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [finder.lock])
        if not cursor.fetchone()[0]:
            return 0
    owed = finder.check._default_manager.order_by("asked_at", "pk").select_for_update(skip_locked=True)
    ids = list(owed.values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    _write_keys(finder, finder.load(ids))
    _write_pairs(finder, set(ids), now=now)
    finder.check._default_manager.filter(pk__in=ids).delete()
    return len(ids)


def _write_keys(finder: Finder, records: Mapping[int, Any]) -> None:
    wanted = {(pk, key) for pk, record in records.items() for key in finder.keys_of(record)}
    stored = finder.key._default_manager
    stored.filter(**{f"{finder.column}__in": list(records)}).delete()
    stored.bulk_create(finder.key(**{f"{finder.column}_id": pk, "key": key}) for pk, key in sorted(wanted))


def _write_pairs(finder: Finder, ids: set[int], *, now: datetime) -> None:
    """Stores what was found of these records; what does not hold any more goes, what people decided stays."""
    pairs = _pairs(finder, ids)
    records = finder.load({pk for pair in pairs for pk in pair})
    results = {pair: result for pair in pairs if (result := finder.compare(records[pair[0]], records[pair[1]]))}
    stored = finder.pair._default_manager
    known = stored.filter(Q(one__in=ids) | Q(other__in=ids), dismissed_at=None)
    gone = [row.pk for row in known if (row.one_id, row.other_id) not in results]
    stored.filter(pk__in=gone).delete()
    stored.bulk_create(
        [
            finder.pair(one_id=one, other_id=other, found_at=now, **result._asdict())
            for (one, other), result in sorted(results.items())
        ],
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["reasons", "similarity", "is_certain"],
    )


def _pairs(finder: Finder, ids: set[int]) -> set[tuple[int, int]]:
    """Those of these records with each that shares a key with them, the smaller id first."""
    mine = finder.key._default_manager.filter(**{f"{finder.column}__in": ids})
    keys = set(mine.order_by().values_list("key", flat=True))
    table = finder.key._meta.db_table  # noqa: SLF001 (Django's documented way to the table)
    with connection.cursor() as cursor:
        sharing = _SHARING.format(column=f"{finder.column}_id", table=table)
        cursor.execute(sharing, [MOST_OF_A_KEY + 1, array_literal(keys)])
        groups = [sorted(group) for (group,) in cursor.fetchall() if len(group) <= MOST_OF_A_KEY]
    return {pair for group in groups for pair in combinations(group, 2) if not ids.isdisjoint(pair)}


@transaction.atomic
def dismiss(duplicate: DuplicateBase, *, person_id: int, now: datetime) -> None:
    """They are two, and are not shown again."""
    pairs = type(duplicate)._default_manager
    pairs.filter(pk=duplicate.pk, dismissed_at=None).update(dismissed_at=now, dismissed_by=person_id)
