"""How long something takes, and how much of the processors: of this process and of its server process.

On a machine that does other things too the time on the clock says little; the processor time stays comparable. It
is known when the server runs on the same machine (Linux), and not for its parallel workers.
"""

import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from types import TracebackType
from typing import NamedTuple, Self

from django.db import connection


class Took(NamedTuple):
    seconds: float
    cpu: float | None


class Clock:
    """`with Clock() as clock: ...`, then clock.took."""

    took: Took

    def __enter__(self) -> Self:
        connection.ensure_connection()
        self._pid = connection.connection.info.backend_pid
        self._cpu, self._started = self._spent(), perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds, cpu = perf_counter() - self._started, self._spent()
        self.took = Took(seconds, None if cpu is None or self._cpu is None else cpu - self._cpu)

    def _spent(self) -> float | None:
        process = Path(f"/proc/{self._pid}")
        if not (process / "schedstat").exists() or "postgres" not in (process / "comm").read_text():
            return None
        return int((process / "schedstat").read_text().split()[0]) / 1e9 + process_time()


def clocked(work: Callable[[], object]) -> Took:
    with Clock() as clock:
        work()
    return clock.took


def best(tries: list[Took]) -> Took:
    """The least of each."""
    known = [took.cpu for took in tries if took.cpu is not None]
    return Took(min(took.seconds for took in tries), min(known) if known else None)


def median(tries: list[Took]) -> Took:
    """The median of each."""
    known = [took.cpu for took in tries if took.cpu is not None]
    return Took(statistics.median(took.seconds for took in tries), statistics.median(known) if known else None)


def timed(work: Callable[[], object]) -> float:
    """The best of three runs, in seconds."""
    return best([clocked(work) for _ in range(3)]).seconds
