"""Real processes for the tests of running Baton: a state directory of their own and a plain environment."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from config.embedded.forget import forget
from config.embedded.processes import is_running
from config.embedded.state import BASE_DIR, read_record

# A command in its own process: attaches, tells the address, and stays until its standard input closes.
USER = (
    "import os, sys; from config.embedded import EmbeddedServers\n"
    "with EmbeddedServers(durable=False): print(os.environ['DATABASE_URL'], flush=True); sys.stdin.read()"
)
Environment = dict[str, str]


def unused_directory() -> Path:
    """A path for a state directory that everybody could reach, of the less usual kind; it does not exist yet."""
    spare = Path(tempfile.mkdtemp(prefix="baton tést's-"))
    spare.rmdir()
    return spare


def state_directory() -> Iterator[Path]:
    """A state directory nobody has used; nothing is left of it."""
    directory = unused_directory()
    yield directory
    eventually(lambda: forget(directory) is None)


def plain_environment(root: Path) -> Environment:
    """The environment of a person who has set nothing but the state directory, and has no locale."""
    ours = ("BATON_", "DATABASE_", "REDIS_", "DJANGO_", "PORT")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return kept | {"BATON_STATE_DIR": str(root), "BATON_DEMO": "no", "LC_ALL": "C"}


class User:
    """A process that uses the embedded servers until told to leave."""

    def __init__(self, environ: Environment) -> None:
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
        told: str = self.process.stdout.readline()
        return told.strip()

    def ask_to_leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def leave(self) -> int:
        self.ask_to_leave()
        return self.process.wait(30)

    def die(self) -> None:
        self.process.kill()
        self.process.wait()


def run(environ: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python ARGUMENTS` at the top of the checkout, to its end."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environ, cwd=BASE_DIR, capture_output=True, text=True, timeout=90, check=False)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until it is true, and fail when it does not become true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.05)


def record(root: Path, name: str) -> dict[str, Any]:
    """What the keeper of a running server wrote down."""
    found = read_record(root / f"{name}.json")
    assert found is not None, f"{name} does not run"
    return found


def servers(root: Path) -> list[tuple[int, str]]:
    """The running servers, as (process, mark)."""
    return [(record(root, name)["pid"], record(root, name)["mark"]) for name in ("postgresql", "valkey")]


def all_gone(processes: list[tuple[int, str]]) -> bool:
    """Whether none of them runs any more."""
    return not any(is_running(pid, mark) for pid, mark in processes)
