"""What a process keeps is read again after a change, whoever made it and whenever it was committed."""

from itertools import count

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lib import process_cache
from lib.process_cache import ProcessCache

NOTE = "INSERT INTO lib_change DEFAULT VALUES"


def counting() -> ProcessCache[int]:
    """Its value says how often it was read before."""
    return ProcessCache(count().__next__)


def note() -> None:
    with connection.cursor() as cursor:
        cursor.execute(NOTE)


@pytest.mark.django_db
class TestGet:
    def test_it_is_read_once_until_something_changed(self) -> None:
        cache = counting()
        assert [cache.get(), cache.get()] == [0, 0]
        note()
        assert [cache.get(), cache.get()] == [1, 1]

    def test_a_change_taken_back_is_forgotten(self) -> None:
        cache = counting()
        cache.get()
        with transaction.atomic():
            note()
            assert cache.get() == 1
            transaction.set_rollback(True)
        assert cache.get() == 2

    def test_it_looks_once_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seconds = 1000.0
        monkeypatch.setattr(process_cache, "SECONDS", 1.0)
        monkeypatch.setattr("lib.process_cache.time.monotonic", lambda: seconds)
        monkeypatch.setattr(process_cache._Last, "looked_at", None)
        cache = counting()
        cache.get()
        note()
        with CaptureQueriesContext(connection) as queries:
            assert [cache.get() for _ in range(50)] == [0] * 50
        assert len(queries) == 0
        seconds += 1
        assert cache.get() == 1

    def test_the_next_change_takes_away_what_is_old(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO lib_change (at) VALUES (now() - interval '2 hours')")
            cursor.execute("CREATE TEMPORARY TABLE noted (id int)")
            cursor.execute(
                "CREATE TRIGGER noted AFTER INSERT ON noted FOR EACH STATEMENT EXECUTE FUNCTION lib_note_change()"
            )
            cursor.execute("INSERT INTO noted SELECT generate_series(1, 100)")
            cursor.execute("SELECT count(*), min(at) > now() - interval '1 hour' FROM lib_change WHERE at <= now()")
            assert cursor.fetchone()[1] is True


def test_a_transaction_that_ends_after_a_later_one_is_seen(transactional: None) -> None:
    cache = counting()
    late = psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor})
    with late:
        late.execute(NOTE)
        note()  # has the higher id, and is committed first
        assert [cache.get(), cache.get()] == [0, 0]
    assert cache.get() == 1
