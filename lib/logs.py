"""What is written to the log while the database is away: a line now and then, not a traceback for each request."""

import logging
from time import monotonic
from typing import Final

from lib.database.away import is_away

PAUSE: Final = 10.0  # seconds between two lines about the same


class TellAwayBriefly(logging.Filter):
    """Of errors that say only that the database is away, one line in ten seconds for each logger and kind."""

    def __init__(self) -> None:
        super().__init__()
        # When the last one was written, and how many were not since.
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; one that is loses its traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not is_away(error):
            return True
        kind = type(error.__cause__ or error).__name__
        at, untold = self._told.get((record.name, kind), (float("-inf"), 0))
        if monotonic() - at < PAUSE:
            self._told[record.name, kind] = at, untold + 1
            return False
        self._told[record.name, kind] = monotonic(), 0
        more = f" {untold} more like this since the last line." if untold else ""
        record.msg = f"{record.getMessage()} (The database cannot be used for the moment: {kind}.{more})"
        record.args, record.exc_info, record.exc_text = (), None, None
        return True
