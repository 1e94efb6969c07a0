"""Whether the database is of this release: what it lacks of it, and what it has of a newer one."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def is_behind() -> bool:
    """Whether this release has migrations that the database has not."""
    return bool(missing())


def missing() -> list[str]:
    """The migrations of this release that the database has not, in their order."""
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def unknown() -> list[str]:
    """The migrations of our packages that the database has, and this release has not."""
    loader = MigrationExecutor(connection).loader
    # Those of this release are the files there are; the graph lacks what a squashed migration stands for.
    known = loader.disk_migrations or {}
    return [
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and (app, name) not in known
    ]


def why_not_here() -> str:
    """Why no process of this release may begin to work on this database, in a sentence; empty: it may.

    One that works already goes on while a newer release migrates. A database that is away says nothing.
    """
    try:
        if unknown():
            return "This database is of a newer release of Baton. Start that release, or restore a backup of this one."
        if is_behind():
            return "This database is of an older release of Baton. Run `manage.py migrate` first."
    except DatabaseError:
        pass
    return ""
