"""What a database looks like, as lines to compare; but for the order of columns, which an upgrade cannot choose."""

import re
from typing import Final

from django.db.backends.utils import CursorWrapper
from psycopg import sql

# Each a SELECT of one text.
PARTS: Final = (
    """
    SELECT format('column %s.%s %s %s default %s identity %s', a.attrelid::regclass, a.attname,
                  format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'required' ELSE 'optional' END,
                  pg_get_expr(d.adbin, d.adrelid), a.attidentity)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND a.attnum > 0 AND NOT a.attisdropped
    """,
    """
    SELECT format('table %s %s %s', relname, relkind, reloptions) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    """,
    # Not the names PostgreSQL 18 gives to NOT NULL: the column says it already.
    """
    SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    """,
    """
    SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
    """,
    """
    SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    """,
    """
    SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    """,
)


# `state IN ('ready', ...)` is written out with its casts in another way once it was restored from a dump.
CASTS: Final = (
    (re.compile(r"::(character varying|text)(\[\])?"), ""),
    (re.compile(r"\(('(?:[^']|'')*')\)"), r"\1"),
    (re.compile(r"\(\((ARRAY\[[^\]]*\])\)\)"), r"(\1)"),
)


def schema(cursor: CursorWrapper) -> set[str]:
    """Returns one line for each column, table, constraint, index, trigger and function."""
    found: set[str] = set()
    for part in PARTS:
        cursor.execute(part)
        found |= {_without_casts(line) for (line,) in cursor.fetchall()}
    return found


def _without_casts(line: str) -> str:
    for pattern, short in CASTS:
        line = pattern.sub(short, line)
    return line


# Tables with rows from the beginning, of which people change some.
SEEDED: Final = (
    "auth_group", "capture_channelrule", "capture_knownsite", "capture_maildomain", "handoff_calendar",
    "handoff_openhours", "handoff_reason", "handoff_slapolicy", "leads_activitytype", "leads_channel", "leads_pagerule",
    "leads_purpose", "scoring_criteria", "scoring_rule",
)  # fmt: skip


def seeded(cursor: CursorWrapper) -> set[str]:
    """Returns one line for each row of these tables, without ids and moments, which differ each time."""
    found: set[str] = set()
    for table in SEEDED:
        cursor.execute(
            sql.SQL(
                "SELECT {} || jsonb_object_agg(entry.key, entry.value)::text"
                " FROM {} AS row, jsonb_each(to_jsonb(row)) AS entry"
                " WHERE entry.key !~ '(^|_)(id|at)$' GROUP BY row.id"
            ).format(sql.Literal(f"{table} "), sql.Identifier(table))
        )
        found |= {line for (line,) in cursor.fetchall()}
    return found


def row_counts(cursor: CursorWrapper) -> dict[str, int]:
    """Returns how many rows each table has, by its name."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        [counts[table]] = cursor.fetchone()
    return counts
