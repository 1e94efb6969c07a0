"""While an import takes rows the database writes down what it changes (migrations/sql/import_changes.sql)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from capture.models import ImportBatch


@contextmanager
def recorded(batch: ImportBatch, *, now: datetime) -> Iterator[None]:
    """Within, changes are those of this import; in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('baton.import', %s, true), set_config('baton.import_at', %s, true)",
            [str(batch.pk), now.isoformat()],
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('baton.import', '', true)")
