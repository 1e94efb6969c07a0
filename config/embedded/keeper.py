"""The keeper of one server, `python -m config.embedded.keeper NAME`: it stops the server when nobody uses it.

It is a process of its own so that commands can come and go in any order, and be killed, without taking the
server from each other: everybody who uses the server shares a lock, and when the keeper can have that lock
alone, nobody is left. The server itself gets a signal from the kernel when the keeper dies.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from types import FrameType

from config.embedded.failure import EmbeddedFailure
from config.embedded.locks import FileLock
from config.embedded.place import find_place
from config.embedded.postgresql import PLAIN_ENVIRONMENT, PostgreSQL
from config.embedded.processes import end_orphan, start, stop
from config.embedded.server import Files, Server, free_port
from config.embedded.state import (
    BASE_DIR,
    kept_secret,
    last_lines,
    log_file,
    read_record,
    write_private,
    write_record,
)
from config.embedded.valkey import Valkey

SERVERS: dict[str, type[Server]] = {server.name: server for server in (PostgreSQL, Valkey)}
# An old server that is just dying keeps its data locked for a while.
RETRY_SECONDS = 15
# Recovery after a crash may take long; a server that still starts is left to it.
START_SECONDS = 120
STOP_SECONDS = 30
POLL_SECONDS = 0.1


class Stopped(Exception):
    """Somebody sent us SIGTERM."""


class Keeper:
    """One server and the files through which its users find it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.files = Files(root=server.place.root, name=server.name)
        self.log = log_file(server.place.root, server.name)

    def keep(self) -> int:
        """Start the server, keep it while somebody uses it, stop it; the exit code of the process."""
        old = read_record(self.files.record)
        if old is not None:
            end_orphan(old["pid"], old["mark"], self.server.stop_signal, patience=RETRY_SECONDS)
        self.files.record.unlink(missing_ok=True)
        self.files.failure.unlink(missing_ok=True)
        try:
            self.server.prepare()
            process, port, mark = self._started()
        except (EmbeddedFailure, OSError) as error:
            write_private(self.files.failure, str(error))
            return 1
        record = {"pid": process.pid, "mark": mark, "keeper": os.getpid(), "url": self.server.url(port)}
        write_record(self.files.record, record)
        try:
            with FileLock(self.files.users) as users:
                while process.poll() is None and not users.try_own():
                    time.sleep(POLL_SECONDS)
                # Newcomers wait for the lock from here on: the record goes, then the server, then the lock.
                self.files.record.unlink(missing_ok=True)
                ended_by_itself = process.poll() is not None
                stop(process, self.server.stop_signal, patience=STOP_SECONDS)
                return 1 if ended_by_itself else 0
        except Stopped:
            self.files.record.unlink(missing_ok=True)
            stop(process, self.server.stop_signal, patience=STOP_SECONDS)
            return 0

    def _started(self) -> tuple[subprocess.Popen[bytes], int, str]:
        """The running server, its port and its mark; tries again while an old server may still be dying."""
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            port = free_port()
            how = self.server.start(port)
            with self.log.open("ab") as output:
                process = start(
                    how.command,
                    death=self.server.stop_signal,
                    output=output,
                    environ=PLAIN_ENVIRONMENT,
                    cwd=self.server.place.home,
                    account=self.server.place.account,
                    feed=how.feed,
                )
            if self._answers(process, port):
                return process, port, how.mark
            if time.monotonic() > deadline:
                raise EmbeddedFailure(
                    f"{self.server.label} does not start; {self.log} ends with:\n{last_lines(self.log)}"
                )
            time.sleep(0.5)

    def _answers(self, process: subprocess.Popen[bytes], port: int) -> bool:
        """Wait until the server answers (True) or has ended (False)."""
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None:
            if self.server.is_ready(port):
                return True
            if time.monotonic() > deadline:
                stop(process, self.server.stop_signal, patience=STOP_SECONDS)
                raise EmbeddedFailure(
                    f"{self.server.label} did not answer for {START_SECONDS} s; its log is {self.log}."
                )
            time.sleep(0.05)
        return False


def own_soon(lock: FileLock) -> bool:
    """Own the keeper's lock. Others hold it for a moment to look at it, so one try is too few."""
    for _attempt in range(40):
        if lock.try_own():
            return True
        time.sleep(0.05)
    return False


def on_sigterm(number: int, frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception, once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    """Keep the server named on the command line; 0 also when another keeper was first."""
    parser = argparse.ArgumentParser(description="Keeps one embedded server.")
    parser.add_argument("name", choices=SERVERS)
    parser.add_argument("--not-durable", action="store_true", help="for tests: fast, and lost in a power cut")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, on_sigterm)
    place = find_place()
    with FileLock(Files(root=place.root, name=options.name).keeper) as lock:
        if not own_soon(lock):
            return 0
        password = kept_secret(place.root / "server_password")
        server = SERVERS[options.name](place, password=password, durable=not options.not_durable)
        try:
            return Keeper(server).keep()
        except Stopped:
            return 0


if __name__ == "__main__":
    os.chdir(BASE_DIR)
    sys.exit(main())
