"""A database that cannot do what it is asked at the moment: what is sent again in a while may well be stored."""

from typing import Final

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError

RETRY_AFTER: Final = 10  # seconds
# How SQLSTATE begins (PostgreSQL's manual, appendix A): the connection, resources, a server that is stopped, and a
# transaction that may only read. A statement that took too long and a deadlock say something of what was asked.
_BEGINNINGS: Final = ("08", "53", "57P", "25006")


def is_away(error: BaseException | None) -> bool:
    """Whether this says nothing of what was asked, only that it cannot be done now.

    An error without a state comes from a connection that was lost, or was not to be had.
    """
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state.startswith(_BEGINNINGS)
