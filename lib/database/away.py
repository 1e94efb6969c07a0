"""A database that cannot do what it is asked at the moment: what is sent again in a while may well be stored."""

from typing import Final

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError

RETRY_AFTER: Final = 10  # seconds
# How SQLSTATE begins (PostgreSQL's manual, appendix A): the connection, resources, a server that is stopped, and a
# transaction that may only read. A statement that took too long and a deadlock say something of what was asked.
_BEGINNINGS: Final = ("08", "53", "57P", "25006")
# Transactions in each other's way: a serialization failure, a deadlock, a lock that was not to be had in time.
_IN_THE_WAY: Final = {"40001", "40P01", "55P03"}


def is_away(error: BaseException | None) -> bool:
    """Whether this says nothing of what was asked, only that it cannot be done now.

    An error without a state comes from a connection that was lost, or was not to be had.
    """
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    state = _state(error)
    return isinstance(error, OperationalError | InterfaceError) if state is None else state.startswith(_BEGINNINGS)


def is_blameless(error: BaseException | None) -> bool:
    """Whether what was to be stored has no part in it: the database is away, or somebody else was in the way.

    A statement that took too long is no such error: it may be of what it was about, and be so each time.
    """
    return is_away(error) or (isinstance(error, DatabaseError) and _state(error) in _IN_THE_WAY)


def _state(error: DatabaseError | InterfaceError) -> str | None:
    """The SQLSTATE of what the server said; None where it said nothing."""
    cause = error.__cause__
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None
