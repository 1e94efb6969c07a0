"""Valkey from the wheel: broker and cache. It may be emptied at any time; what matters is in PostgreSQL."""

import signal
import socket
import string
from pathlib import Path

from config.embedded.accounts import give
from config.embedded.place import valkey_program
from config.embedded.server import HOST, Server, Start
from config.embedded.state import make_directory


def quoted(path: Path) -> str:
    """A path as one word of Valkey's configuration, blanks and other letters than ASCII included."""
    plain = set(string.ascii_letters + string.digits + "/._-")
    word = "".join(chr(byte) if chr(byte) in plain else f"\\x{byte:02x}" for byte in bytes(path))
    return f'"{word}"'


class Valkey(Server):
    """One server with a password, listening on this machine only."""

    name = "valkey"
    label = "Valkey"
    variable = "REDIS_URL"
    stop_signal = signal.SIGTERM

    def prepare(self) -> None:
        make_directory(self.data, mode=0o700)
        give(self.data, self.place.account)

    def start(self, port: int) -> Start:
        lines = [
            f"bind {HOST}",
            f"port {port}",
            f"dir {quoted(self.data)}",
            f"requirepass {self.password}",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            # Refuse rather than forget: a lost hint is found by a sweep, a half-forgotten queue is a riddle.
            "maxmemory-policy noeviction",
        ]
        # The configuration goes through a pipe, so that the password is in no command line.
        return Start(command=[valkey_program(self.place), "-"], feed="\n".join(lines).encode(), mark=f"{HOST}:{port}")

    def is_ready(self, port: int) -> bool:
        try:
            with socket.create_connection((HOST, port), timeout=3) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answers = connection.makefile("rb")
                return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@{HOST}:{port}/0"
