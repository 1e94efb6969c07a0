"""How often a message that failed is tried again, and after how long."""

from datetime import timedelta
from random import SystemRandom
from typing import Final

MOST_ATTEMPTS: Final = 10
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)


def wait_after(attempts: int) -> timedelta:
    """Twice as long after each attempt, six hours at most; a fifth more or less, so not all come at once."""
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return timedelta(seconds=wait.total_seconds() * SystemRandom().uniform(0.8, 1.2))
