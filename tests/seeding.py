"""What an installation starts with, put back after a test with real commits emptied the tables."""

from typing import Any, Final

from django.db import connection, transaction

# Rows by table, as COPY writes them; what the migrations left in a new database.
_ROWS: Final[dict[str, bytes]] = {}
# What every installation has; a database without it was left by a run that was ended amid a test.
CERTAIN: Final = "leads_activitytype"

# Rows that are written with their ids leave the sequence behind, unless it is there already.
COUNTS_ON: Final = """
SELECT setval(sequence, highest) FROM (
    SELECT pg_get_serial_sequence('{table}', column_name)::regclass AS sequence, highest
    FROM information_schema.columns,
        LATERAL (SELECT max((to_jsonb(stored) ->> column_name)::bigint) AS highest FROM "{table}" AS stored) AS own
    WHERE table_schema = 'public' AND table_name = '{table}' AND is_identity = 'YES'
) AS own WHERE highest > coalesce(pg_sequence_last_value(sequence), 0)
"""


def remember() -> None:
    """Reads the rows of the database that the tests begin with."""
    with connection.cursor() as cursor:
        _ROWS.update({table: _read(cursor, table) for table in _filled(cursor)})
    if CERTAIN not in _ROWS:
        raise RuntimeError("This database is not as the migrations leave it. Run the tests with --create-db.")


@transaction.atomic
def seed() -> None:
    """Puts the rows back where tables are empty."""
    with connection.cursor() as cursor:
        missing = sorted(_ROWS.keys() - _filled(cursor))
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in missing:
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(_ROWS[table])
            cursor.execute(COUNTS_ON.format(table=table))
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
