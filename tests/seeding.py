"""What an installation starts with, put back after a test with real commits."""

from typing import Any, Final

from django.db import connection, transaction

# Rows by table, as COPY writes them; what the migrations left in a new database.
_ROWS: Final[dict[str, bytes]] = {}
# What every installation has; a database without it was left by a run that was ended amid a test.
CERTAIN: Final = "leads_activitytype"


def remember() -> None:
    """Reads the rows of the database that the tests begin with."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        # Which rows were noted as changes is of no use to anybody later.
        _ROWS.update({table: _read(cursor, table) for table in _filled(cursor, tables) - {"lib_change"}})
    if CERTAIN not in _ROWS:
        raise RuntimeError("This database is not as the migrations leave it. Run the tests with --create-db.")


@transaction.atomic
def put_back() -> None:
    """Every table has the rows that the tests began with, and no others; what still writes is waited for.

    Deleting the few rows of a test takes a tenth of the time that truncating some hundred tables takes.
    """
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(f"LOCK TABLE {', '.join(map(_quoted, tables))} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        filled = sorted(_filled(cursor, tables))
        cursor.execute("; ".join(f"DELETE FROM {_quoted(table)}" for table in filled))  # noqa: S608 (our own tables)
        for table, rows in _ROWS.items():
            with cursor.copy(f"COPY {_quoted(table)} FROM STDIN") as copy:
                copy.write(rows)
        # What processes remember of these tables (lib/process_cache.py) is read again.
        cursor.execute("INSERT INTO lib_change DEFAULT VALUES")


def _filled(cursor: Any, tables: list[str]) -> set[str]:
    """The tables with rows."""
    looks = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {_quoted(name)})" for name in tables]  # noqa: S608 (our own tables)
    cursor.execute(" UNION ALL ".join(looks))
    return {name for (name,) in cursor.fetchall()}


def _read(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {_quoted(table)} TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
