"""What an installation starts with, put back after a test with real commits emptied the tables."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from lib.operations import Seed

# Rows by table, as COPY writes them. The migrations' functions take a second, these some milliseconds.
_ROWS: Final[dict[str, bytes]] = {}


@cache
def seeds() -> list[Callable[[Any, Any], object]]:
    """The functions by which the migrations fill an empty database, in their order."""
    graph = MigrationLoader(None).graph
    keys = dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf))
    return [one.code for key in keys for one in graph.nodes[key].operations if isinstance(one, Seed)]


@transaction.atomic
def seed() -> None:
    """The first time by the functions of the migrations, from then on by the rows they made."""
    with connection.cursor() as cursor:
        if not _ROWS:
            before = _filled(cursor)
            for make in seeds():
                make(apps, None)
            made = sorted(_filled(cursor) - before)
            _ROWS.update({table: _read(cursor, table) for table in made})
            return
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in _ROWS.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(rows)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        # What processes remember of these tables (lib/process_cache.py) is read again.
        cursor.execute("INSERT INTO lib_change DEFAULT VALUES")


def _filled(cursor: Any) -> set[str]:
    """The tables with rows; which rows were noted as changes is of no use to anybody later."""
    names = [name for name in connection.introspection.table_names(cursor) if name != "lib_change"]
    looks = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names]  # noqa: S608 (our own tables)
    cursor.execute(" UNION ALL ".join(looks))
    return {name for (name,) in cursor.fetchall()}


def _read(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)
