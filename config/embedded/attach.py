"""The side of the users: use the embedded servers that run, start those that do not, let go at the end."""

import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Protocol, Self

from config.embedded.failure import EmbeddedFailure
from config.embedded.locks import FileLock, is_held
from config.embedded.place import find_place
from config.embedded.server import Files
from config.embedded.state import BASE_DIR, kept_secret, last_lines, prepared_state_dir, read_record

LABELS = {"postgresql": "PostgreSQL", "valkey": "Valkey"}
VARIABLES = {"postgresql": "DATABASE_URL", "valkey": "REDIS_URL"}


class Report(Protocol):
    """Tells a person what takes time: a context around each step."""

    def __call__(self, what: str, /) -> AbstractContextManager[object]: ...


def say_nothing(what: str, /) -> AbstractContextManager[object]:
    """The report of a command whose output belongs to somebody else."""
    return nullcontext()


class EmbeddedServers:
    """The servers that the environment does not name, for as long as this object is open.

    On entry DATABASE_URL, REDIS_URL and BATON_SECRET_KEY are set in the environment where they were unset; on
    exit the servers stop unless another process uses them, and the environment is as it was.
    """

    def __init__(self, *, durable: bool = True, report: Report = say_nothing) -> None:
        self.durable, self.report = durable, report
        self.attached: list[str] = []
        self._files: dict[str, Files] = {}
        self._locks: dict[str, FileLock] = {}
        self._keepers: dict[str, subprocess.Popen[bytes]] = {}
        self._set: list[str] = []

    def __enter__(self) -> Self:
        missing = [name for name, variable in VARIABLES.items() if not os.environ.get(variable)]
        if not os.environ.get("BATON_SECRET_KEY"):
            self._export("BATON_SECRET_KEY", kept_secret(prepared_state_dir() / "secret_key"))
        if not missing:
            return self
        with ExitStack() as undo:
            undo.callback(self.close)
            root = find_place().root
            for name in missing:
                self._files[name] = Files(root=root, name=name)
                # Held before anything is looked at, so that a keeper that is about to stop is waited for.
                self._locks[name] = FileLock(self._files[name].users)
                self._locks[name].share()
            for name in missing:
                self._start_keeper(self._files[name])
            for name in missing:
                with self.report(f"{'Starting' if name in self._keepers else 'Joining'} {LABELS[name]}"):
                    self._export(VARIABLES[name], self._wait_for_url(self._files[name]))
                self.attached.append(name)
            undo.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _export(self, variable: str, value: str) -> None:
        os.environ[variable] = value
        self._set.append(variable)

    def _start_keeper(self, files: Files) -> None:
        """Start a keeper unless one lives. Its session is its own: Ctrl-C in our terminal is not for it."""
        with FileLock(files.starter) as starter:
            starter.own()
            if is_held(files.keeper):
                return
            files.record.unlink(missing_ok=True)
            files.failure.unlink(missing_ok=True)
            command = [sys.executable, "-m", "config.embedded.keeper", files.name]
            with (files.root / "log" / "keeper.log").open("ab") as output:
                keeper = self._keepers[files.name] = subprocess.Popen(
                    command if self.durable else [*command, "--not-durable"],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=BASE_DIR,
                    env=os.environ | {"BATON_STATE_DIR": str(files.root)},
                    start_new_session=True,
                )
            while keeper.poll() is None and not is_held(files.keeper):
                time.sleep(0.02)

    def _wait_for_url(self, files: Files) -> str:
        """Where the server is, as soon as it answers; the keeper's own sentence when it gives up."""
        keeper = self._keepers.get(files.name)
        while (record := read_record(files.record)) is None:
            if (keeper is None or keeper.poll() is not None) and not is_held(files.keeper):
                log = files.root / "log" / "keeper.log"
                reason = files.failure.read_text() if files.failure.exists() else last_lines(log)
                raise EmbeddedFailure(reason or f"{LABELS[files.name]} did not start; see {log}.")
            time.sleep(0.05)
        url: str = record["url"]
        return url

    def lost(self) -> list[str]:
        """The labels of servers that have gone while we used them."""
        return [LABELS[name] for name in self.attached if not is_held(self._files[name].keeper)]

    def close(self) -> list[str]:
        """Let go, Valkey before PostgreSQL, and wait for the stop; the labels of those that go on."""
        shared = []
        for name in sorted(self._locks, key=list(VARIABLES).index, reverse=True):
            self._locks.pop(name).close()
            if not self._wait_for_end(self._files[name]):
                shared.append(LABELS[name])
        self.attached.clear()
        for variable in self._set:
            os.environ.pop(variable, None)
        self._set.clear()
        return shared

    def _wait_for_end(self, files: Files) -> bool:
        """Wait until the server has stopped; False when it goes on for somebody else."""
        seen_others = 0
        while is_held(files.keeper):
            # The keeper removes its record as soon as it has the users' lock: this is somebody else.
            seen_others = seen_others + 1 if files.record.exists() and is_held(files.users) else 0
            if seen_others == 4:
                return False
            time.sleep(0.05)
        if keeper := self._keepers.pop(files.name, None):
            keeper.wait()
        return True
