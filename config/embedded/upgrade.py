"""Bringing a database up to this release before a command that expects its tables."""

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATION_LOCK = 0x6261746F6E  # "baton"


def migrate_if_behind() -> bool:
    """Apply what is missing, if anything; two processes that find the database behind wait for each other."""
    django.setup()
    try:
        if not is_behind():
            return False
        with connection.cursor() as cursor:
            # Waiting for somebody else's migrations may take longer than any statement of ours may.
            cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if behind := is_behind():
            call_command("migrate", interactive=False, verbosity=0)
        return behind
    finally:
        # The lock goes with the connection; what follows opens a fresh one with its own settings.
        connection.close()


def is_behind() -> bool:
    """Whether this release has migrations that the database has not."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
