"""What the clocks say: the wall clock, and one that nobody can set."""

import time
from datetime import datetime
from pathlib import Path
from platform import node
from typing import Final, NamedTuple

from lib import clock

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
# Runs on while the machine sleeps; where there is none, the next best.
CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Reading(NamedTuple):
    """One look at the clocks: the moment, which start of the machine it is, and the seconds since it started."""

    at: datetime
    boot: str
    ticks: float


def read(*, now: datetime) -> Reading:
    """`now` is this process's clock; where the database's is behind it, that one holds.

    So a machine whose clock is ahead of everybody else's returns nothing before its time.
    """
    return Reading(at=min(now, clock.ask_database()), boot=_boot(), ticks=time.clock_gettime(CLOCK))


def _boot() -> str:
    """Another one after each start of the machine; on machines that have no such name, the machine's own."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return node()[:64]
