"""Whoever passes many leads says so beforehand, so that what they are told of them can be one message."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

from outbox.kinds import NewsKind

WAITS: Final = timedelta(seconds=10)

_together: ContextVar[bool] = ContextVar("told_together", default=False)


@contextmanager
def told_together() -> Iterator[None]:
    """Around what passes many leads one after the other, each in a transaction of its own."""
    token = _together.set(True)
    try:
        yield
    finally:
        _together.reset(token)


def first_try(kind: NewsKind, *, now: datetime) -> datetime:
    """When a message of this kind may be sent: at once, or when the others that are about to come are there."""
    return now + WAITS if kind.together and _together.get() else now
