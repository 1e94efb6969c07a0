"""The clock by which Baton decides: the database's, the same for every host whatever its own clock says.

A host asks the database once a minute, and again as soon as its own clock was set; in between it adds the difference.
"""

import time
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.utils import timezone

MEASURED_FOR: Final = 60.0  # seconds
SET_BY: Final = 0.5  # seconds by which a clock may run beside the machine's uptime before it counts as set


class Difference(NamedTuple):
    """What the database's clock says more than this host's, and when that was asked, by a clock nobody can set."""

    ahead: timedelta
    asked_at: float
    host_less_uptime: float


class _Last:
    """What this process measured last; None before the first time."""

    difference: Difference | None = None


def now() -> datetime:
    """Returns the moment by the database's clock, in UTC. Deadlines, leases and expiries are compared with it."""
    uptime, host = time.monotonic(), time.time()
    last = _Last.difference
    is_old = last is None or uptime - last.asked_at > MEASURED_FOR
    if last is None or is_old or abs(host - uptime - last.host_less_uptime) > SET_BY:
        last = _Last.difference = _measured(uptime=uptime, host=host)
    return timezone.now() + last.ahead


def forget() -> None:
    """The next look asks the database."""
    _Last.difference = None


def ask_database() -> datetime:
    """Returns the moment by the database's clock, asked now: for who has to see at once that it was set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def _measured(*, uptime: float, host: float) -> Difference:
    moment = ask_database()
    # Half of the way there and back has passed since the database looked at its clock.
    took = timedelta(seconds=(time.monotonic() - uptime) / 2)
    return Difference(moment + took - timezone.now(), uptime, host - uptime)
