"""Hints for workers: what is owed is a row already, the message only says "now". A lost one costs a sweep."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final

from celery import current_app
from celery.signals import task_prerun
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# No longer than a sweep: when the message is lost, so is what the mark has kept from being sent.
MARKED_FOR: Final = 5  # seconds

_held_back: ContextVar[dict[str, None] | None] = ContextVar("held_back", default=None)


def send_hint(task: str) -> None:
    """Asks a worker to run the task now, once; or keeps the wish while hints are held back.

    While such a message waits for a worker no other one is sent: the task that it starts sees all that was committed
    until then, and a worker that was away is not met by thousands of messages that say the same.
    """
    wishes = _held_back.get()
    if wishes is not None:
        wishes[task] = None
        return
    try:
        # The mark is in the Redis that is the broker too, and the cache spares one that does not answer.
        if cache.add(_mark(task), 1, MARKED_FOR):
            current_app.send_task(task, retry=False)
    except RedisError:
        pass  # the cache has said so, once
    except (OperationalError, OSError):
        logger.warning("The broker does not answer: workers look by themselves, within a sweep.")


@task_prerun.connect(dispatch_uid="lib.hints.begin")
def begin(*, task: Any, **_: object) -> None:
    """A task that begins takes the mark away before it looks: what comes after that is worth another message."""
    with suppress(RedisError):  # then the mark ends by itself
        cache.delete(_mark(task.name))


@contextmanager
def hints_held_back() -> Iterator[None]:
    """For thousands of transactions in a row: each task is asked for once, at the end.

    Put it around the transaction, not into it: hints are sent after the commit.
    """
    wishes: dict[str, None] = {}
    token = _held_back.set(wishes)
    try:
        yield
    finally:
        _held_back.reset(token)

        def send_all() -> None:
            for task in wishes:
                send_hint(task)

        if wishes:
            transaction.on_commit(send_all, robust=True)


def _mark(task: str) -> str:
    return f"hint:{task}"
