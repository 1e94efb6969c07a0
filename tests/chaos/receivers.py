"""A mail server and a chat server that count what they take, and can be the last thing a sender sees."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.chaos.processes import unused_port


@dataclass
class Taken:
    """How often each id arrived. `strike` is called with a message at hand, before and after it is taken."""

    ids: Counter[str] = field(default_factory=Counter)
    arrived: int = 0
    strike: Callable[[int, str], bool] = lambda _arrived, _moment: False
    lock: Lock = field(default_factory=Lock)

    def take(self, message_id: str) -> bool:
        """Whether there is anybody left to answer."""
        with self.lock:
            self.arrived += 1
            number = self.arrived
        if self.strike(number, "before"):
            return False
        with self.lock:
            self.ids[message_id] += 1
        return not self.strike(number, "after")


class MailServer:
    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        head = envelope.content.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ").splitlines()
        message_id = next(line.partition(":")[2].strip() for line in head if line.lower().startswith("message-id:"))
        return "250 Taken" if self.taken.take(message_id) else "451 Try again"


@dataclass(frozen=True)
class Doors:
    """Where the two servers listen, and what they took together."""

    mail: int
    chat: int
    taken: Taken

    @property
    def environ(self) -> dict[str, str]:
        return {
            "BATON_EMAIL_URL": f"smtp://127.0.0.1:{self.mail}",
            "BATON_OUTGOING_LOCAL": f"127.0.0.1:{self.chat}",
        }


@contextmanager
def open_doors() -> Iterator[Doors]:
    taken = Taken()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it would tell of every line

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if taken.take(self.headers["Webhook-Id"]):
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quietly."""

    mail = Controller(MailServer(taken), hostname="127.0.0.1", port=unused_port())
    chat = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    thread = Thread(target=chat.serve_forever, daemon=True)
    mail.start()
    thread.start()
    try:
        yield Doors(mail.port, chat.server_port, taken)
    finally:
        mail.stop()
        chat.shutdown()
        chat.server_close()
        thread.join(5)
