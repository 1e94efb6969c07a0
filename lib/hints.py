"""Hints for workers: what is owed is a row already, the message only says "now". A lost one costs a sweep."""

import atexit
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any, Final

from celery import current_app
from celery.signals import task_prerun, worker_process_shutdown
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# No longer than a sweep: when the message is lost, so is what the mark has kept from being sent.
MARKED_FOR: Final = 5  # seconds
# A process asks for a task no more often than this: what streams in is worked on together instead of one by one, and
# most events cost no way to Redis. The first hint goes out at once, those of the time after it together at its end.
APART: Final = 0.3  # seconds

_held_back: ContextVar[dict[str, None] | None] = ContextVar("held_back", default=None)


def send_hint(task: str) -> None:
    """Asks a worker to run the task now, once, or within APART seconds; or keeps the wish while hints are held back.

    While such a message waits for a worker no other one is sent: the task that it starts sees all that was committed
    until then, and a worker that was away is not met by thousands of messages that say the same.
    """
    wishes = _held_back.get()
    if wishes is not None:
        wishes[task] = None
    elif late.is_first(task):
        _send(task)


def _send(task: str) -> None:
    try:
        # The mark is in the Redis that is the broker too, and the cache spares one that does not answer.
        if cache.add(_mark(task), 1, MARKED_FOR):
            current_app.send_task(task, retry=False)
    except RedisError:
        pass  # the cache has said so, once
    except (OperationalError, OSError):
        logger.warning("The broker does not answer: workers look by themselves, within a sweep.")


class Late:
    """The hints of this process that wait until the last of the same task is APART seconds ago."""

    def __init__(self) -> None:
        self._lock, self._wanted = Lock(), Event()
        self._sent_at: dict[str, float] = {}
        self._waiting: dict[str, None] = {}
        self._thread: Thread | None = None

    def is_first(self, task: str) -> bool:
        """Whether nobody has asked for the task a moment ago; if somebody has, it is asked for later."""
        with self._lock:
            at = monotonic()
            if at - self._sent_at.get(task, float("-inf")) >= APART:
                self._sent_at[task] = at
                self._waiting.pop(task, None)
                return True
            self._waiting[task] = None
            # Not before it is needed: a thread does not live on in a process that was forked.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._go_on, name="late-hints", daemon=True)
                self._thread.start()
        self._wanted.set()
        return False

    def send(self) -> None:
        """Sends what waits, without waiting any longer."""
        with self._lock:
            tasks, self._waiting = self._waiting, {}
            self._sent_at |= dict.fromkeys(tasks, monotonic())
        for task in tasks:
            _send(task)

    def forget(self) -> None:
        """Nothing waits, and nobody has asked for anything."""
        with self._lock:
            self._waiting, self._sent_at = {}, {}

    def _go_on(self) -> None:
        while True:
            self._wanted.wait()
            sleep(APART)
            self._wanted.clear()  # before looking: a wish that comes meanwhile is seen now or next time
            self.send()


late: Final = Late()
# A process that ends sends them first: a command, and one of a worker, which does not end as others do.
atexit.register(late.send)


@worker_process_shutdown.connect(dispatch_uid="lib.hints.end")
def end(**_: object) -> None:
    late.send()


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
