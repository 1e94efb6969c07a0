"""What a process keeps in memory of tables that seldom change, until one of them changes.

A table takes part by triggers that call `lib_note_change()` (migrations/sql/changes.sql). Each process looks once a
second whether anything was noted since: so long may a change that another process made stay unseen.
"""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from django.db import connection

SECONDS: Final = 1.0

T = TypeVar("T")
# The ids of the changes that are noted: committed ones, in whatever order their transactions ended.
Version = list[int] | None


class _Last:
    """The version this process saw last, and when it looked, by a clock nobody can set."""

    version: Version = None
    looked_at: float | None = None


class ProcessCache(Generic[T]):
    """One value, read again after a change. A value may itself be filled by and by, such as a dictionary."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._value: tuple[Version, T] | None = None

    def get(self) -> T:
        # The version first: what is read after it is at least as new.
        return self._of(_version())

    def get_as_seen(self) -> T:
        """As `get`, without looking whether anything has changed: for who comes right after somebody who has."""
        return self._of(_Last.version)

    def _of(self, version: Version) -> T:
        value = self._value
        if value is None or value[0] != version:
            value = self._value = (version, self._read())
        return value[1]


def _version() -> Version:
    looked_at = time.monotonic()
    if _Last.looked_at is None or looked_at - _Last.looked_at >= SECONDS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(id ORDER BY id) FROM lib_change")
            _Last.version = cursor.fetchone()[0]
        _Last.looked_at = looked_at
    return _Last.version


def look_again() -> None:
    """What this process has changed itself is seen by it at once, also within its transaction."""
    _Last.looked_at = None
