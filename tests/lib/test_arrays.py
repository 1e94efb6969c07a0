"""Arrays as text: what PostgreSQL reads is what was given."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection

from lib.arrays import array_literal


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint", []),
        ("bigint", [7, -2, None, 2**62]),
        ("text", ["", "NULL", '"', "\\", '\\"', "{a,b}", " a ", "it's\n%s %(x)s", "Ünïcødé 漢字", None]),
        ("uuid", [uuid.UUID(int=1), None]),
        ("boolean", [True, None, False]),
        ("timestamptz", [datetime(2026, 3, 10, 9, 30, 0, 123456, tzinfo=UTC), None]),
    ],
)
def test_what_is_read_is_what_was_given(kind: str, values: list[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM unnest(%s::{kind}[]) AS value", [array_literal(values)])  # noqa: S608 (one of ours)
        assert [value for (value,) in cursor.fetchall()] == values
