"""Where the script's messages go when a test is about the script alone: it keeps them and answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from capture.tracking.script import with_settings

SETTINGS: Final[dict[str, object]] = {
    "consent": "granted", "gpc": True, "dnt": True, "counts": True, "hosts": [],
}  # fmt: skip


@dataclass
class Collector:
    """`batches` are the requests that came, `status` is what they are answered."""

    origin: str
    settings: dict[str, object] = field(default_factory=lambda: dict(SETTINGS))
    status: int = 204
    batches: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for batch in self.batches for message in batch["batch"]]

    @property
    def names(self) -> list[str]:
        """The event of each message, or its type where it has none, in the order of arrival; repetitions once."""
        once = {message["messageId"]: message for message in self.messages}
        return [message.get("event", message["type"]) for message in once.values()]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, with_settings(collector.settings).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.headers.append(dict(self.headers))
            collector.batches.append(json.loads(body))
            self._answer(collector.status, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript; charset=utf-8")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """The tests say what they want to know."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        collector = Collector(origin=f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            server.shutdown()
