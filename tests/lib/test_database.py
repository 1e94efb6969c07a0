"""Whether a connection still works is asked of the server once a second, and seen at once when it is gone."""

import psycopg
import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db(transaction=True)


def begin_request() -> None:
    """As Django does before each request and after it."""
    connection.health_check_enabled = True  # type: ignore[attr-defined]
    connection.close_if_unusable_or_obsolete()


def asked() -> str:
    """What the server saw last of this connection before it was asked for that."""
    begin_request()
    with connection.cursor():
        pass  # to have a cursor is enough for Django to look
    connection.health_check_enabled = False  # type: ignore[attr-defined]
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        pid = connection.connection.info.backend_pid
        row = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
        assert row is not None
        return str(row[0])


def say(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


class TestHealth:
    def test_the_server_is_asked_once_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for seconds, seen in ((0.0, "SELECT 1"), (600.0, "SELECT 7")):
            monkeypatch.setattr("lib.database.base.TRUSTED_FOR", seconds)
            say("SELECT 7")
            assert asked() == seen

    def test_a_connection_that_the_server_ended_is_not_used(self) -> None:
        asked()
        pid = connection.connection.info.backend_pid
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        begin_request()
        say("SELECT 7")
        assert connection.connection.info.backend_pid != pid

    def test_after_an_error_of_the_connection_it_is_asked(self) -> None:
        asked()
        pid = connection.connection.info.backend_pid
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(OperationalError):
            say("SELECT 7")
        begin_request()
        say("SELECT 7")

    def test_one_that_is_closed_is_not_usable(self) -> None:
        asked()
        connection.connection.close()
        assert not connection.is_usable()
        connection.close()
