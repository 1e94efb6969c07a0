"""`make run` as a person meets it: one supervisor, real processes, and nothing left when it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.server import free_port
from config.embedded.state import BASE_DIR
from tests.config.processes import Environment, all_gone, eventually, run, servers, state_directory

pytestmark = pytest.mark.xdist_group("processes")


class Supervisor:
    """A running `make run`, and what it has printed."""

    def __init__(self, environ: Environment) -> None:
        self.port = free_port()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor.run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environ | {"PORT": str(self.port)},
            cwd=BASE_DIR,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def is_ready(self) -> bool:
        """Whether pages are served and tasks are taken."""
        assert self.process.poll() is None, self.text
        return re.search(r"^Starting worker and beat \.\.\..* s$", self.text, re.MULTILINE) is not None

    def everything(self, root: Path) -> list[tuple[int, str]]:
        """Every process that must end with it: those below it, and the two servers."""
        return [(pid, "python") for pid in below(self.process.pid)] + servers(root)


def below(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in [child, *below(child)]]


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """One state directory for all: each later start also shows that the one before left it sound."""
    yield from state_directory()


@pytest.fixture
def supervisor(environ: Environment) -> Iterator[Supervisor]:
    """Baton, ready."""
    running = Supervisor(environ)
    try:
        eventually(running.is_ready, seconds=180)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


class TestRun:
    def test_it_serves_and_sigterm_stops_everything(
        self, root: Path, environ: Environment, supervisor: Supervisor
    ) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{supervisor.port}/livez") as answer:
            assert answer.status == 200
        assert "Starting PostgreSQL ..." in supervisor.text
        assert supervisor.text.count("Baton is ready at") == 1
        # Whoever starts it can look at pages before the rest has started.
        assert supervisor.text.index("Baton is ready at") < supervisor.text.index("Starting worker and beat")
        style = f"http://127.0.0.1:{supervisor.port}{style_address(supervisor.port)}"
        with urllib.request.urlopen(style) as answer:
            assert answer.status == 200

        again = run(environ, "-m", "config.supervisor.run")
        assert again.returncode == 0
        assert again.stdout == (
            f"Baton is already running at http://127.0.0.1:{supervisor.port} (process {supervisor.process.pid})."
            " If you have just stopped it, try again in some seconds.\n"
        )

        # A command beside it uses the same servers, and leaves them.
        before = servers(root)
        beside = run(environ, "manage.py", "showmigrations", "--plan")
        assert (beside.returncode, beside.stderr) == (0, "")
        assert "[ ]" not in beside.stdout
        assert servers(root) == before

        everything = supervisor.everything(root)
        # Twice, as make and a service manager do: that is no wish for haste.
        supervisor.process.send_signal(signal.SIGTERM)
        supervisor.process.send_signal(signal.SIGTERM)
        assert supervisor.process.wait(60) == 0
        assert all_gone(everything)
        assert "shutdown" in (root / "log" / "worker.log").read_text()

    def test_a_killed_supervisor_leaves_no_process(self, root: Path, supervisor: Supervisor) -> None:
        everything = supervisor.everything(root)
        assert len(everything) >= 9  # 2 keepers, web and its 2, worker and its 2, beat, 2 servers, less a restart
        os.kill(supervisor.process.pid, signal.SIGKILL)
        eventually(lambda: all_gone(everything))

    def test_a_dead_process_is_started_again_and_a_dead_server_ends_everything(
        self, root: Path, supervisor: Supervisor
    ) -> None:
        web = next(pid for pid in below(supervisor.process.pid) if "gunicorn" in command(pid))
        os.kill(web, signal.SIGKILL)
        eventually(lambda: "web    | ended with signal SIGKILL; starting it again in 1 s" in supervisor.text)
        eventually(lambda: answers(supervisor.port))

        everything = supervisor.everything(root)
        os.kill(servers(root)[1][0], signal.SIGKILL)
        assert supervisor.process.wait(60) == 1
        assert "Valkey ended unexpectedly" in supervisor.text
        assert all_gone(everything)


class TestDemonstration:
    def test_pages_are_served_first_and_a_story_that_is_stopped_leaves_nothing(self, environ: Environment) -> None:
        running = Supervisor(environ | {"BATON_DEMO": "yes"})
        try:
            eventually(running.is_ready, seconds=180)
            assert "sign in with the password baton-demo as" in running.text
            reps = "  Sales rep      rep@demo.example, rep2@demo.example, rep3@demo.example, rep4@demo.example"
            assert reps in running.text
            eventually(lambda: "The demonstration is being loaded" in running.text)
            eventually(lambda: "demo   |" in running.text, seconds=60)  # the month it has come to
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(60) == 0
        finally:
            running.process.kill()
            running.process.wait()
        counts = "print(User.objects.count(), Lead.objects.count())"
        models = "from accounts.models import User; from leads.models import Lead"
        counted = run(environ, "manage.py", "shell", "--verbosity", "0", "-c", f"{models}; {counts}")
        assert counted.stdout == "7 0\n"


class TestPreparation:
    def test_a_wrong_setting_is_said_once_and_nothing_is_served(self, root: Path, environ: Environment) -> None:
        running = Supervisor(environ | {"BATON_CSRF": "no such setting"})
        try:
            eventually(lambda: running.process.poll() is not None, seconds=180)
        finally:
            running.process.kill()
            running.process.wait()
        assert running.process.returncode == 1
        assert "Baton is ready" not in running.text
        assert running.text.count("BATON_CSRF") == 1


class TestPort:
    def test_one_in_use_is_said_before_anything_starts(self, root: Path, environ: Environment) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            told = run(environ | {"PORT": str(port)}, "-m", "config.supervisor.run")
        assert told.returncode == 1
        assert re.fullmatch(rf"Port {port} is in use by another program\. .*make run PORT=\d+\.\n", told.stdout)
        assert "Starting" not in told.stderr

    @pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "٣"])
    def test_one_that_is_none_is_refused(self, environ: Environment, port: str) -> None:
        told = run(environ | {"PORT": port}, "-m", "config.supervisor.run")
        assert told.returncode == 1
        assert "a port is a number from 1 to 65535" in told.stdout


def style_address(port: int) -> str:
    """Of the first style sheet of the page one signs in on."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/") as answer:
        found = re.search(r'href="(/static/[^"]+\.css)"', answer.read().decode())
    assert found is not None
    return found[1]


def command(pid: int) -> str:
    """Empty for a process that is gone meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def answers(port: int) -> bool:
    time.sleep(0.2)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
