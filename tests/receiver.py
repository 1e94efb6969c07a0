"""A web server that keeps what it is sent, and answers as a test says; and a listener that only counts."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[socket.socket], None]


def http(status: int, body: str = "ok", **headers: str) -> bytes:
    """A whole answer; `retry_after="7"` is the header Retry-After."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


@dataclass
class Receiver:
    """`requests` are (head, body) of each; `answer` is what is sent back, or what is done with the connection."""

    port: int
    answer: bytes | Answer = field(default_factory=lambda: http(200))
    requests: list[tuple[str, Any]] = field(default_factory=list)
    connections: int = 0
    names: list[str | None] = field(default_factory=list)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.authority}/hook"

    def headers(self, number: int = -1) -> dict[str, str]:
        lines = self.requests[number][0].split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@contextmanager
def receiving(certificate: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """Listens until the block ends; with a certificate it speaks TLS and keeps the names that were asked for."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen(50)
        receiver = Receiver(port=listener.getsockname()[1])
        if certificate is not None:
            certificate.sni_callback = lambda _connected, name, _context: receiver.names.append(name)
        thread = threading.Thread(target=_serve, args=(listener, receiver, certificate), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


def _serve(listener: socket.socket, receiver: Receiver, certificate: ssl.SSLContext | None) -> None:
    while True:
        try:
            plain, _address = listener.accept()
        except OSError:
            return
        receiver.connections += 1
        plain.settimeout(10)
        with suppress(OSError), plain:
            connected = certificate.wrap_socket(plain, server_side=True) if certificate else plain
            with connected:
                _talk(connected, receiver)


def _talk(connected: socket.socket, receiver: Receiver) -> None:
    said = b""
    while b"\r\n\r\n" not in said:
        said += connected.recv(65536)
    head, _, body = said.partition(b"\r\n\r\n")
    wanted = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < wanted:
        body += connected.recv(65536)
    receiver.requests.append((head.decode(), json.loads(body)))
    if callable(receiver.answer):
        receiver.answer(connected)
    else:
        connected.sendall(receiver.answer)
