"""Hints for workers: what is owed is a row already, the message only says "now". A lost one costs a sweep."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from django.db import transaction

_held: ContextVar[dict[str, None] | None] = ContextVar("held", default=None)


def send_hint(task: str) -> None:
    """Asks a worker to run the task now, once; or keeps the wish while hints are held back."""
    backlog = _held.get()
    if backlog is None:
        current_app.send_task(task, retry=False)
    else:
        backlog[task] = None


@contextmanager
def hints_held_back() -> Iterator[None]:
    """For thousands of transactions in a row: each task is asked for once, at the end.

    Put it around the transaction, not into it: hints are sent after the commit.
    """
    backlog: dict[str, None] = {}
    token = _held.set(backlog)
    try:
        yield
    finally:
        _held.reset(token)

        def send_all() -> None:
            for task in backlog:
                send_hint(task)

        if backlog:
            transaction.on_commit(send_all, robust=True)
