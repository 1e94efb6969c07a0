"""What the keeper has to know about a server, and the names of the files both sides use."""

import signal
import socket
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from config.embedded.place import Place

HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files through which a keeper and the users of its server find each other."""

    root: Path
    name: str

    @property
    def users(self) -> Path:
        """Shared by everybody who uses the server; held alone by the keeper once nobody does."""
        return self.root / f"{self.name}.users"

    @property
    def keeper(self) -> Path:
        """Held by the keeper as long as it lives."""
        return self.root / f"{self.name}.keeper"

    @property
    def starter(self) -> Path:
        """Held by whoever looks whether a keeper has to be started."""
        return self.root / f"{self.name}.starter"

    @property
    def record(self) -> Path:
        """Where the running server is: its process, its address and password."""
        return self.root / f"{self.name}.json"

    @property
    def failure(self) -> Path:
        """Why the last start failed."""
        return self.root / f"{self.name}.failure"


@dataclass(frozen=True, kw_only=True)
class Start:
    """One way to start a server: the command, what it reads, and how to recognise the process later."""

    command: Sequence[str | Path]
    feed: bytes | None
    mark: str


class Server(ABC):
    """One kind of server. Its methods run in the keeper."""

    name: ClassVar[str]
    label: ClassVar[str]
    variable: ClassVar[str]
    # What makes it write its data and end, soon.
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, place: Place, *, password: str, durable: bool) -> None:
        self.place, self.password, self.durable = place, password, durable
        self.data = place.home / self.name

    @abstractmethod
    def prepare(self) -> None:
        """Make the data directory when there is none and clear away what a dead server left."""

    @abstractmethod
    def start(self, port: int) -> Start:
        """How to start it on this port of HOST."""

    @abstractmethod
    def is_ready(self, port: int) -> bool:
        """Whether it answers questions on this port."""

    @abstractmethod
    def url(self, port: int) -> str:
        """The value of `variable`."""


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
