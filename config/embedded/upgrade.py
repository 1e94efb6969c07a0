"""Bringing a database up to this release before a command that expects its tables."""

import django
from django.core.management import call_command
from django.db import connection

from config.embedded.failure import EmbeddedFailure
from config.release import missing, unknown

MIGRATION_LOCK = 0x6261746F6E  # "baton"


def migrate_if_behind() -> bool:
    """Apply what is missing, if anything; two processes that find the database behind wait for each other.

    Raises EmbeddedFailure for a database on another path than this release, which no migration leads to.
    """
    django.setup()
    try:
        if not missing():
            return False
        with connection.cursor() as cursor:
            # Waiting for somebody else's migrations may take longer than any statement of ours may.
            cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if behind := bool(missing()):
            refuse_another_path()
            call_command("migrate", interactive=False, verbosity=0)
        return behind
    finally:
        # The lock goes with the connection; what follows opens a fresh one with its own settings.
        connection.close()


def refuse_another_path() -> None:
    """Raises EmbeddedFailure for a database that is behind and yet has migrations this release does not know.

    One of a newer release has unknown migrations too, but is not behind: it goes on working.
    """
    if unknown():
        raise EmbeddedFailure(
            "This database was made by a development version of Baton and cannot be upgraded. To start anew, remove it "
            "with `make forget`; where DATABASE_URL names a database of your own, name an empty one."
        )
