"""Whether the database is of this release: what it lacks of it, and what it has of a newer one."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def missing(executor: MigrationExecutor | None = None) -> list[str]:
    """The migrations of this release that the database has not, in their order."""
    executor = executor or MigrationExecutor(connection)
    return [str(migration) for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def unknown(executor: MigrationExecutor | None = None) -> list[str]:
    """The migrations of our packages that the database has, and this release has not."""
    loader = (executor or MigrationExecutor(connection)).loader
    here = known(loader)
    return [
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and f"{app}.{name}" not in here
    ]


def known(loader: MigrationLoader | None = None) -> set[str]:
    """The migrations of this release: the files there are; the graph lacks what a squashed one stands for."""
    files = (loader or MigrationLoader(None)).disk_migrations or {}
    return {f"{app}.{name}" for app, name in files}


def why_not_here() -> str:
    """Why no process of this release may begin to work on this database, in a sentence; empty: it may.

    One that works already goes on while a newer release migrates. A database that is away says nothing.
    """
    try:
        executor = MigrationExecutor(connection)
        if unknown(executor):
            return "This database is of a newer release of Baton. Start that release, or restore a backup of this one."
        if missing(executor):
            return "This database is of an older release of Baton. Run `manage.py migrate` first."
    except DatabaseError:
        pass
    return ""
