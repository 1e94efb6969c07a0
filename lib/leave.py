"""Leave for triggers: within a block of a transaction they let something be done that they refuse otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def leave(**settings: str) -> Iterator[None]:
    """Within, triggers find `current_setting('baton.NAME')` of each name; in the caller's transaction.

    A block that raises has lost its transaction, or its savepoint, and the settings with it.
    """
    _say(settings)
    yield
    _say(dict.fromkeys(settings, ""))


def _say(settings: dict[str, str]) -> None:
    calls = ", ".join("set_config(%s, %s, true)" for _name in settings)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {calls}", [word for name, value in settings.items() for word in (f"baton.{name}", value)]
        )
