"""The embedded servers, as processes: every test starts the real ones and looks at what the machine is left with."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded.forget import forget
from config.embedded.locks import FileLock, is_held
from config.embedded.processes import is_running
from config.embedded.state import BASE_DIR, kept_secret, read_record

pytestmark = pytest.mark.xdist_group("processes")
# A command in its own process: attaches, tells the addresses, and stays until its standard input closes.
USER = (
    "import os, sys; from config.embedded import EmbeddedServers\n"
    "with EmbeddedServers(durable=False): print(os.environ['DATABASE_URL'], flush=True); sys.stdin.read()"
)


@pytest.fixture
def root() -> Iterator[Path]:
    """A state directory nobody has used."""
    spare = Path(tempfile.mkdtemp(prefix="baton-test-"))
    spare.rmdir()
    yield spare
    eventually(lambda: forget(spare) is None)


@pytest.fixture
def environ(root: Path) -> dict[str, str]:
    """The environment of a person who has set nothing but the state directory."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BATON_", "DATABASE_", "REDIS_"))}
    return kept | {"BATON_STATE_DIR": str(root), "BATON_DEMO": "no"}


class User:
    """A process that uses the embedded servers until told to leave."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
            cwd=BASE_DIR,
        )

    def address(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(30)

    def die(self) -> None:
        self.process.kill()
        self.process.wait()


def eventually(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.05)


def record(root: Path, name: str) -> dict[str, Any]:
    found = read_record(root / f"{name}.json")
    assert found is not None, f"{name} does not run"
    return found


def servers(root: Path) -> list[tuple[int, str]]:
    """The processes that must be gone in the end."""
    return [(record(root, name)["pid"], record(root, name)["mark"]) for name in ("postgresql", "valkey")]


def all_gone(processes: list[tuple[int, str]]) -> bool:
    return not any(is_running(pid, mark) for pid, mark in processes)


def value(address: str, query: str) -> Any:
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def write_one(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (1)")


class TestServers:
    def test_they_start_stop_and_keep_their_data(self, root: Path, environ: dict[str, str]) -> None:
        first = User(environ)
        write_one(first.address())
        running = servers(root)
        assert first.leave() == 0
        assert all_gone(running)
        second = User(environ)
        assert value(second.address(), "SELECT count(*) FROM kept") == 1
        second.leave()

    def test_they_sort_the_same_on_every_machine(self, root: Path, environ: dict[str, str]) -> None:
        user = User(environ)
        query = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'baton'"
        assert value(user.address(), query) == "bC.UTF-8"
        user.leave()

    def test_they_refuse_a_wrong_password(self, root: Path, environ: dict[str, str]) -> None:
        user = User(environ)
        address = user.address()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(address.replace(kept_secret(root / "server_password"), "guess"))
        user.leave()

    def test_they_do_not_run_as_root(self, root: Path, environ: dict[str, str]) -> None:
        user = User(environ)
        user.address()
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid, _mark in servers(root)}
        assert 0 not in owners
        user.leave()

    def test_what_is_secret_is_closed_to_others(self, root: Path, environ: dict[str, str]) -> None:
        user = User(environ)
        user.address()
        assert root.stat().st_mode & 0o066 == 0
        for name in ("secret_key", "server_password", "postgresql.json", "valkey.json", "log"):
            assert (root / name).stat().st_mode & 0o077 == 0, name
        user.leave()


class TestSharing:
    def test_the_first_may_leave_before_the_second(self, root: Path, environ: dict[str, str]) -> None:
        first, second = User(environ), User(environ)
        address = first.address()
        assert second.address() == address
        running = servers(root)
        first.leave()
        assert value(address, "SELECT 1") == 1
        second.leave()
        assert all_gone(running)

    def test_one_who_comes_while_they_stop_waits_and_gets_new_ones(self, root: Path, environ: dict[str, str]) -> None:
        first = User(environ)
        first.address()
        assert first.process.stdin is not None
        first.process.stdin.close()
        second = User(environ)
        assert value(second.address(), "SELECT 1") == 1
        second.leave()
        first.process.wait(30)


class TestKilled:
    def test_a_killed_user_leaves_no_server(self, root: Path, environ: dict[str, str]) -> None:
        user = User(environ)
        user.address()
        running = servers(root)
        user.die()
        eventually(lambda: all_gone(running))

    def test_a_killed_keeper_leaves_no_server_and_the_next_start_works(
        self, root: Path, environ: dict[str, str]
    ) -> None:
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
        self, root: Path, environ: dict[str, str]
    ) -> None:
        user = User(environ)
        user.address()
        home, running = Path((root / "home").read_text()), servers(root)
        user.leave()
        assert all_gone(running)
        # This test's own number: alive, and neither PostgreSQL nor Valkey.
        (home / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}/postgresql\n")
        stale = '{"pid": %d, "mark": "127.0.0.1:1", "keeper": 1, "url": "redis://127.0.0.1:1"}' % os.getpid()
        (root / "valkey.json").write_text(stale)
        again = User(environ)
        assert value(again.address(), "SELECT 1") == 1
        again.leave()


class TestRefusals:
    def test_data_of_another_release_is_named(self, root: Path, environ: dict[str, str]) -> None:
        User(environ).leave()
        home = Path((root / "home").read_text())
        (home / "postgresql" / "PG_VERSION").write_text("15\n")
        told = subprocess.run(
            [sys.executable, "manage.py", "migrate"], env=environ, cwd=BASE_DIR, capture_output=True, text=True
        )
        assert told.returncode == 1
        assert "written by PostgreSQL 15, and this is PostgreSQL 18" in told.stderr
        assert "Traceback" not in told.stderr

    def test_what_is_in_use_is_not_forgotten(self, root: Path, environ: dict[str, str]) -> None:
        user = User(environ)
        user.address()
        assert "still uses" in (forget(root) or "")
        user.leave()


class TestLocks:
    def test_a_lock_is_held_until_it_is_closed(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        assert not is_held(path)
        with FileLock(path) as lock:
            lock.share()
            assert is_held(path)
        assert not is_held(path)
