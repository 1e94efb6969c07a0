"""What PostgreSQL says of itself and of its tables, and the schemas a restore puts aside."""

from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from psycopg import sql

# Where the tables that were there wait until the new ones are.
BEFORE: Final = "baton_before_restore"
NUMBER: Final = "SELECT oid FROM pg_database WHERE datname = current_database()"
TABLES: Final = "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def server_release() -> int:
    """Such as 18."""
    return int(_one("SELECT current_setting('server_version_num')::int / 10000"))


def server_name() -> str:
    """The number of its cluster and of this database, such as 7423424242424242424/16384; empty: it does not tell."""
    try:
        with transaction.atomic():
            cluster = _one("SELECT system_identifier FROM pg_control_system()")
    except DatabaseError:  # some operators do not let everybody ask
        return ""
    return f"{cluster}/{_one(NUMBER)}"


def other_connections() -> int:
    """How many processes use this database besides this one."""
    return int(
        _one(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )


def export_snapshot() -> tuple[str, datetime]:
    """In a transaction of the caller's that has asked nothing yet: its snapshot by name, and the moment it shows."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), now()")
        name, taken_at = cursor.fetchone()
    return name, taken_at


def count_tables() -> int:
    return int(_one(f"SELECT count(*) {TABLES}"))


def count_rows(database: Any = connection) -> dict[str, int]:
    """How many rows each table has, of this database or over another connection of psycopg."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT relname {TABLES} ORDER BY 1")
        counts = {}
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table)))
            counts[table] = cursor.fetchone()[0]
    return counts


def make_database(name: str) -> None:
    _say(f"CREATE DATABASE {name} TEMPLATE template0")


def drop_database(name: str) -> None:
    _say(f"DROP DATABASE {name}")


def put_aside() -> None:
    """The tables wait under another name."""
    _on_a_new_connection(f"ALTER SCHEMA public RENAME TO {BEFORE}", "CREATE SCHEMA public")


def put_back() -> None:
    """As it was before `put_aside`."""
    _on_a_new_connection("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {BEFORE} RENAME TO public")


def let_go() -> None:
    """Of what was put aside."""
    _on_a_new_connection(f"DROP SCHEMA {BEFORE} CASCADE")


def empty() -> None:
    """No table is left."""
    _on_a_new_connection("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")


def _one(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _say(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _on_a_new_connection(*statements: str) -> None:
    """All of them or none; the connection that is there may know tables that are elsewhere now."""
    connection.close()
    with transaction.atomic():
        _say(*statements)
