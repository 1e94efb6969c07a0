"""Statements that may take only so long, because somebody waits for what is nice to know."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

CANCELLED = "57014"  # query_canceled


class TookTooLong(Exception):
    """The database stopped a statement after the time it was given."""


@contextmanager
def statements_within(seconds: float) -> Iterator[None]:
    """Each statement inside may take so long. Raises TookTooLong. A transaction, because a pooler shares sessions."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            [usual] = cursor.fetchone()
            _set(f"{int(seconds * 1000)}ms")
            yield
            _set(usual)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == CANCELLED:
            raise TookTooLong from error
        raise


def _set(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
