"""While the database is away everybody is told to come again: in words, or as a program reads it. Nothing else is."""

import json
import logging
import socket
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.test import Client

from accounts.models import ApiKey, User
from leads.models import Activity
from lib import logs
from lib.database.away import RETRY_AFTER, is_away, is_blameless

EVENT = {"message_id": "1", "type": "page_view", "lead": {"email": "ada@example.com"}}


@pytest.fixture
def guest(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.fixture
def gone(guest: Client, marketer: User, api_key: tuple[ApiKey, str]) -> Iterator[None]:
    """Nobody listens where the database was, after somebody has signed in."""
    guest.force_login(marketer)
    connection.close()
    port = connection.settings_dict["PORT"]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        connection.settings_dict["PORT"] = str(closed.getsockname()[1])
        yield
    connection.close()
    connection.settings_dict["PORT"] = port


@pytest.fixture
def read_only() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    yield
    connection.close()


@pytest.mark.django_db(transaction=True)
class TestAnswers:
    def test_a_person_reads_what_to_do(self, guest: Client, gone: None) -> None:
        answer = guest.get("/leads/")
        assert (answer.status_code, answer["Retry-After"]) == (503, str(RETRY_AFTER))
        assert "The database cannot be used for the moment" in answer.content.decode()

    def test_a_program_is_told_when_to_come_again(self, guest: Client, gone: None, api_key: tuple[ApiKey, str]) -> None:
        answer = guest.get("/api/v1/leads", headers={"Authorization": f"Bearer {api_key[1]}"})
        assert (answer.status_code, answer["Retry-After"]) == (503, str(RETRY_AFTER))
        assert (answer["Content-Type"], answer.json()["code"]) == ("application/problem+json", "unavailable")

    def test_one_that_takes_no_changes_is_away_for_who_changes_something(
        self, guest: Client, api_key: tuple[ApiKey, str], read_only: None
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key[1]}"}
        answer = guest.post("/api/v1/activities", json.dumps(EVENT), "application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert not Activity.objects.exists()

    def test_whoever_watches_is_told(self, guest: Client, gone: None) -> None:
        answer = guest.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "database unreachable")

    def test_whoever_watches_is_told_that_it_takes_no_changes(self, guest: Client, read_only: None) -> None:
        answer = guest.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "database read-only")

    @pytest.mark.parametrize("path", ["/livez", "/readyz"])
    def test_whoever_watches_asks_by_any_name(self, guest: Client, path: str) -> None:
        answer = guest.get(path, headers={"Host": "10.0.0.7:8000"})
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
        assert guest.get("/", headers={"Host": "10.0.0.7:8000"}).status_code == 400


def raised(statement: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return refused.value


class TestIsAway:
    @pytest.mark.django_db
    def test_by_what_the_server_says(self) -> None:
        assert is_away(raised("DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"))
        assert is_away(raised("DO $$ BEGIN RAISE EXCEPTION 'shut' USING ERRCODE = '57P01'; END $$"))
        assert not is_away(raised("DO $$ BEGIN RAISE EXCEPTION 'long' USING ERRCODE = '57014'; END $$"))
        assert not is_away(raised("DO $$ BEGIN RAISE EXCEPTION 'waits' USING ERRCODE = '40P01'; END $$"))
        assert not is_away(raised("SELECT 1 / 0"))
        assert not is_away(raised("SELECT nothing FROM nowhere"))
        assert not is_away(raised("DO $$ BEGIN RAISE EXCEPTION 'twice' USING ERRCODE = '23505'; END $$"))

    @pytest.mark.django_db
    def test_what_was_in_the_way_is_no_fault_of_what_was_stored_and_what_took_too_long_may_be(self) -> None:
        for state in ("53100", "57P01", "40P01", "40001", "55P03"):
            assert is_blameless(raised(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")), state
        assert not is_blameless(raised("DO $$ BEGIN RAISE EXCEPTION 'long' USING ERRCODE = '57014'; END $$"))
        assert not is_blameless(raised("SELECT 1 / 0"))
        assert not is_blameless(RuntimeError())

    def test_by_a_connection_that_says_nothing(self) -> None:
        assert is_away(OperationalError("connection refused"))
        assert is_away(InterfaceError("connection already closed"))
        assert not is_away(IntegrityError("twice"))
        assert not is_away(ValueError("no database"))
        assert not is_away(None)


class TestLog:
    def record(self, error: Exception) -> logging.LogRecord:
        trace = (type(error), error, None)
        return logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Failed: %s", ("/leads/",), trace)

    def test_one_line_without_a_traceback_says_how_many_there_were(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = iter([100.0, 100.0, 101.0, 109.9, 110.0, 110.0])
        monkeypatch.setattr(logs, "monotonic", lambda: next(clock))
        briefly, lost = logs.TellAwayBriefly(), OperationalError("at db.example")
        lost.__cause__ = psycopg.OperationalError("at db.example")
        records = [self.record(lost) for _number in range(4)]
        assert [briefly.filter(record) for record in records] == [True, False, False, True]
        assert records[0].getMessage() == (
            "Failed: /leads/ (The database cannot be used for the moment: OperationalError.)"
        )
        assert records[0].exc_info is None
        assert "2 more like this since the last line." in records[3].getMessage()

    def test_what_else_goes_wrong_is_written_as_ever(self) -> None:
        record = self.record(ValueError("no database"))
        assert logs.TellAwayBriefly().filter(record)
        assert record.exc_info is not None
