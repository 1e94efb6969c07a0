"""A client that costs little: raw sockets that stay open, requests made before, one thread for all of them."""

import selectors
import socket
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Self

END = b"\r\n\r\n"


def request(body: bytes, *, key: str, headers: Sequence[str] = ()) -> bytes:
    """An event, or several, for the API."""
    return post("/api/v1/activities", body, f"Authorization: Bearer {key}", "Content-Type: application/json", *headers)


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + END + body


@dataclass
class Answers:
    """What came back: how long each took, in seconds, and how it was answered."""

    seconds: float = 0.0
    cpu: float = 0.0  # seconds of whoever answered; the caller's to say
    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def each(self) -> float:
        """Seconds for one answer, with all clients at work."""
        return self.seconds / len(self.waits)

    def within(self, share: float) -> float:
        """The time in seconds within which this share was answered."""
        waits = sorted(self.waits)
        return waits[min(len(waits) - 1, int(len(waits) * share))]

    def __str__(self) -> str:
        return f"p50 {self.within(0.5) * 1000:.1f} ms, p99 {self.within(0.99) * 1000:.1f} ms"

    def __add__(self, other: Self) -> "Answers":
        return Answers(
            self.seconds + other.seconds, self.cpu + other.cpu, self.waits + other.waits, self.statuses + other.statuses
        )


def send(port: int, requests: Iterator[bytes], *, clients: int, seconds: float, rate: float | None = None) -> Answers:
    """Sends for so long. Without a rate each client sends the next request when it has its answer; with one requests
    are due evenly, the next idle client takes the next one, and each is timed from when it was due."""
    answers = Answers()
    with selectors.DefaultSelector() as selector:
        idle = deque(_Connection(port, selector) for _ in range(clients))
        connections, sent = list(idle), 0
        started = perf_counter()
        while True:
            while idle and (due := started + sent / rate if rate else perf_counter()) <= perf_counter():
                if due - started >= seconds:
                    break
                idle.popleft().send(next(requests), due_at=due)
                sent += 1
            if len(idle) == clients and due - started >= seconds:
                break
            for key, _events in selector.select(max(0, due - perf_counter()) if idle and rate else None):
                if status := key.data.read():
                    answers.waits.append(perf_counter() - key.data.due_at)
                    answers.statuses[status] += 1
                    idle.append(key.data)
        answers.seconds = perf_counter() - started
        for connection in connections:
            connection.socket.close()
    return answers


class _Connection:
    """One client; a server that closes what lay idle is asked anew."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._port, self._selector = port, selector
        self._got, self._asked, self.due_at = b"", b"", 0.0
        self._connect()

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self.socket, selectors.EVENT_READ, self)

    def send(self, text: bytes, *, due_at: float) -> None:
        self._asked, self._got, self.due_at = text, b"", due_at
        self.socket.sendall(text)

    def read(self) -> int | None:
        """The status once the whole answer is there."""
        try:
            part = self.socket.recv(1 << 20)
        except ConnectionResetError:
            part = b""
        if not part:
            self._selector.unregister(self.socket)
            self.socket.close()
            self._connect()
            if self._asked:
                self.socket.sendall(self._asked)
            return None
        self._got += part
        head, end, body = self._got.partition(END)
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length or 0):  # an answer without content says no length
            return None
        self._asked = b""
        return int(head.split(b" ", 2)[1])
