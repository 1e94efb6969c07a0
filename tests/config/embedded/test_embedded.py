"""The embedded servers, as processes: tests start the real ones and look at what the machine is left with."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded import EmbeddedFailure, place
from config.embedded.forget import forget
from config.embedded.locks import FileLock, is_held
from config.embedded.state import kept_secret, write_record
from tests.config.processes import (
    Environment,
    User,
    all_gone,
    eventually,
    plain_environment,
    record,
    run,
    servers,
    unused_directory,
)

pytestmark = pytest.mark.xdist_group("processes")


def value(address: str, query: str) -> Any:
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def write_one(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (1)")


class TestServers:
    def test_they_start_stop_and_keep_their_data(self, root: Path, environ: Environment) -> None:
        first = User(environ)
        write_one(first.address())
        running = servers(root)
        assert first.leave() == 0
        assert all_gone(running)
        second = User(environ)
        assert value(second.address(), "SELECT count(*) FROM kept") == 1
        second.leave()


@pytest.fixture(scope="class")
def shared_root() -> Iterator[Path]:
    directory = unused_directory()
    yield directory
    eventually(lambda: forget(directory) is None)


@pytest.fixture(scope="class")
def address(shared_root: Path) -> Iterator[str]:
    user = User(plain_environment(shared_root))
    yield user.address()
    user.leave()


class TestRunning:
    """One pair of running servers for all that only looks."""

    def test_they_sort_the_same_on_every_machine(self, address: str) -> None:
        query = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'baton'"
        assert value(address, query) == "bC.UTF-8"

    def test_they_refuse_a_wrong_password(self, shared_root: Path, address: str) -> None:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(address.replace(kept_secret(shared_root / "server_password"), "guess"))

    def test_they_do_not_run_as_root(self, shared_root: Path, address: str) -> None:
        assert 0 not in {Path(f"/proc/{pid}").stat().st_uid for pid, _mark in servers(shared_root)}

    def test_what_is_secret_is_closed_to_others(self, shared_root: Path, address: str) -> None:
        assert shared_root.stat().st_mode & 0o066 == 0
        for name in ("secret_key", "server_password", "postgresql.json", "valkey.json", "log"):
            assert (shared_root / name).stat().st_mode & 0o077 == 0, name

    def test_no_value_of_a_statement_that_fails_is_in_their_log(self, shared_root: Path, address: str) -> None:
        said = ("Ada Lovelace", "ada@example.com", "+351 912 345 678")
        failing = (
            "INSERT INTO people VALUES (%s, %s, %s, 1)",  # its key is there already
            "INSERT INTO people VALUES (%s, %s || 'x', '', %s)",  # no number
            "INSERT INTO people VALUES (%s, 'x' || %s, %s, -1)",  # a row that a constraint refuses
            "SELECT %s, %s, %s FROM nothing",
            "DO $$ BEGIN RAISE EXCEPTION %s USING DETAIL = %s, HINT = %s; END $$",
            "SELECT %s::int, %s, %s",
        )
        with psycopg.connect(address, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
            connection.execute(
                "CREATE TABLE people (name text, email text PRIMARY KEY, phone text, n int CHECK (n > 0))"
            )
            connection.execute("INSERT INTO people VALUES (%s, %s, %s, 1)", said)
            for statement in failing:
                with pytest.raises(psycopg.Error):
                    connection.execute(statement, said)
        with psycopg.connect(address, autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute("SELECT %s::text, %s::text, 1 / (length(%s::text) - 16)", said)
        log = (shared_root / "log" / "postgresql.log").read_text()
        assert "database system is ready to accept connections" in log
        assert not [each for each in ("Lovelace", "ada@", "912 345") if each in log]

    def test_what_is_in_use_is_not_forgotten(self, shared_root: Path, address: str) -> None:
        assert "still uses" in (forget(shared_root) or "")


class TestSharing:
    def test_the_first_may_leave_before_the_second(self, root: Path, environ: Environment) -> None:
        first, second = User(environ), User(environ)
        address = first.address()
        assert second.address() == address
        running = servers(root)
        first.leave()
        assert value(address, "SELECT 1") == 1
        second.leave()
        assert all_gone(running)

    def test_one_who_comes_while_they_stop_waits_and_gets_new_ones(self, root: Path, environ: Environment) -> None:
        first = User(environ)
        first.address()
        first.ask_to_leave()
        second = User(environ)
        assert value(second.address(), "SELECT 1") == 1
        running = servers(root)
        second.leave()
        assert first.process.wait(30) == 0
        assert all_gone(running)


class TestKilled:
    def test_a_killed_user_leaves_no_server(self, root: Path, environ: Environment) -> None:
        user = User(environ)
        user.address()
        running = servers(root)
        user.die()
        eventually(lambda: all_gone(running))

    def test_a_killed_keeper_leaves_no_server_and_the_next_start_works(self, root: Path, environ: Environment) -> None:
        user = User(environ)
        write_one(user.address())
        running = servers(root)
        for name in ("postgresql", "valkey"):
            os.kill(record(root, name)["keeper"], signal.SIGKILL)
        user.die()
        # At once, while the old servers may still be dying.
        second = User(environ)
        assert value(second.address(), "SELECT count(*) FROM kept") == 1
        assert all_gone(running)
        second.leave()

    def test_a_number_that_belongs_to_another_process_now_is_no_obstacle(
        self, root: Path, environ: Environment
    ) -> None:
        user = User(environ)
        user.address()
        home, running = Path((root / "home").read_text()), servers(root)
        user.leave()
        assert all_gone(running)
        # This test's own number: alive, and neither PostgreSQL nor Valkey.
        (home / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}/postgresql\n")
        stale = {"pid": os.getpid(), "mark": "127.0.0.1:1", "keeper": 1, "url": "redis://127.0.0.1:1"}
        write_record(root / "valkey.json", stale)
        again = User(environ)
        assert value(again.address(), "SELECT 1") == 1
        again.leave()


class TestRefusals:
    def test_data_of_another_release_is_named(self, root: Path, environ: Environment) -> None:
        User(environ).leave()
        home = Path((root / "home").read_text())
        (home / "postgresql" / "PG_VERSION").write_text("15\n")
        told = run(environ, "manage.py", "migrate")
        assert told.returncode == 1
        assert "written by PostgreSQL 15; this is release 18" in told.stderr
        assert "Traceback" not in told.stderr

    def test_a_machine_without_proc_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(place, "OWN_PROGRAM", tmp_path / "nothing")
        here = place.Place(root=tmp_path, home=tmp_path, account=None)
        with pytest.raises(EmbeddedFailure, match="finds its libraries through /proc, and there is none here"):
            place.postgresql_programs(here)


class TestLocks:
    def test_a_lock_is_held_until_it_is_closed(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        assert not is_held(path)
        with FileLock(path) as lock:
            lock.share()
            assert is_held(path)
        assert not is_held(path)
