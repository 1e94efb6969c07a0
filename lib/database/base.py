"""A connection that is in use all the time is not asked before each request whether it still works."""

import select
from time import monotonic
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base

# A connection that answered so long ago may be gone without a word, at a proxy that forgot it.
TRUSTED_FOR: Final = 1.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, which asks with a statement of its own; that is a way to the server and back for each request."""

    _answered_at: float = float("-inf")

    def is_usable(self) -> bool:
        """Asked once a request (CONN_HEALTH_CHECKS). A server that ends a connection says so on it, and an idle
        connection has nothing else to say; where it is silent it is trusted for a second."""
        at = monotonic()
        if at - self._answered_at < TRUSTED_FOR and not self.errors_occurred and _is_silent(self.connection):
            return True
        is_usable: bool = super().is_usable()
        self._answered_at = at if is_usable else float("-inf")
        return is_usable


def _is_silent(connection: psycopg.Connection[Any] | None) -> bool:
    if connection is None or connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
