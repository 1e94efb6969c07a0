"""Statements nobody waits for the answer of, sent to the server in one message.

Of one event the ways to the server and back take longer than what is done there. Within `sent_together` what is said by
`tell` waits until something is asked, or until the block ends; everything is done in the order in which it was said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify

Values = Sequence[Any] | Mapping[str, Any]
_waiting: Final = ContextVar[list[str] | None]("waiting", default=None)


@contextmanager
def sent_together() -> Iterator[None]:
    """Put it into a transaction, which is over when one of the statements fails: then, or where the block raises, the
    others are not sent. The error comes with the next statement, or at the end of the block."""
    if _waiting.get() is not None:
        yield
        return
    token = _waiting.set([])
    try:
        with connection.execute_wrapper(_send_before):
            yield
            send()
    finally:
        _waiting.reset(token)


def tell(statement: str, values: Values) -> None:
    """Runs a statement that answers nothing: now, or with the next ones."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(mogrify(statement, values, connection))
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def send() -> None:
    """Sends what waits; whoever uses COPY says so before, for that comes by no `execute`."""
    waiting = _waiting.get()
    if waiting:
        statements = ";\n".join(waiting)
        waiting.clear()
        with connection.cursor() as cursor:
            cursor.execute(statements)


def _send_before(execute: Callable[..., object], sql: str, params: Any, many: bool, context: Any) -> object:  # noqa: FBT001 (Django's)
    send()
    return execute(sql, params, many, context)
