"""Requests to addresses that somebody configured: public ones only, bounded in time and size, never in a transaction.

The name is resolved once, every address it stands for is checked, and the connection goes to a checked address under
the name's own Host and certificate: what a resolver answers a second time does not matter. Redirects are not followed.
"""

import io
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lib.outgoing import Lookup, NotAllowed, Target, resolved, system_lookup, target_of

__all__ = ["Answer", "NotAllowed", "Unreachable", "post_json"]

PER_STEP: Final = 10.0  # seconds to connect, and to wait for the next bytes
IN_ALL: Final = 30.0
MOST_READ: Final = 64 * 1024


class Unreachable(Exception):
    """Nobody answered, or not in time, or not in HTTP."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: at most MOST_READ bytes with head and body, names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def post_json(
    url: str,
    body: object,
    *,
    headers: Mapping[str, str] | None = None,
    lookup: Lookup = system_lookup,
    in_all: float = IN_ALL,
) -> Answer:
    """Sends the body. Returns what came back, whatever its status.

    Raises NotAllowed for an address nothing is sent to, Unreachable when there is no answer, and RuntimeError inside a
    transaction: a slow receiver must not hold locks.
    """
    with transaction.atomic(durable=True):
        pass  # Django refuses a durable block inside another one
    if settings.ALL_MAIL_TO:
        raise NotAllowed(_("This is a copy, and nothing leaves it but mail to one address."))
    target = target_of(url)
    clock = _Clock(in_all)
    try:
        with _connect(target, clock, lookup=lookup) as connected:
            return _exchange(target, _Bounded(connected, clock), body, headers or {})
    except socket.gaierror as error:
        raise Unreachable(_("The name %(host)s leads nowhere.") % {"host": target.host}) from error
    except (OSError, HTTPException, ValueError) as error:  # ValueError: a host that no certificate can name
        raise Unreachable(f"{target.host}: {type(error).__name__}: {error}") from error


class _Clock:
    """Counts down: a step has ten seconds, all of them together thirty."""

    def __init__(self, in_all: float) -> None:
        self.ends = monotonic() + in_all

    def step(self) -> float:
        left = self.ends - monotonic()
        if left <= 0:
            raise TimeoutError("The answer took too long.")
        return min(PER_STEP, left)


class _Bounded:
    """A connection as http.client wants one. Closed by whoever opened it: http.client would before it has read."""

    def __init__(self, connected: socket.socket, clock: _Clock) -> None:
        self._connected, self._clock = connected, clock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._connected, self._clock))

    def sendall(self, data: bytes) -> None:
        self._connected.settimeout(self._clock.step())
        self._connected.sendall(data)

    def close(self) -> None:
        pass


class _Reader(io.RawIOBase):
    """What comes in, which ends after MOST_READ bytes, or when the time is over."""

    def __init__(self, connected: socket.socket, clock: _Clock) -> None:
        self._connected, self._clock, self._left = connected, clock, MOST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: self._left]
        if not view:
            return 0
        self._connected.settimeout(self._clock.step())
        count = self._connected.recv_into(view)
        self._left -= count
        return count


def _connect(target: Target, clock: _Clock, *, lookup: Lookup) -> socket.socket:
    """A connection to the first checked address that answers, in TLS under the name's own certificate."""
    failed: OSError = OSError("The name stands for no address.")
    for address in resolved(target, lookup=lookup):
        try:
            plain = socket.create_connection((address, target.port), timeout=clock.step())
        except OSError as error:
            failed = error
            continue
        if target.scheme == "http":
            return plain
        try:
            plain.settimeout(clock.step())
            return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise
    raise failed


def _exchange(target: Target, connected: _Bounded, body: object, headers: Mapping[str, str]) -> Answer:
    conversation = HTTPConnection(target.host, target.port)
    conversation.auto_open = 0
    conversation.sock = connected
    conversation.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    request_headers = {
        "Host": target.authority,
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(data)),
        "User-Agent": "Baton",
        "Connection": "close",
        **headers,
    }
    for name, value in request_headers.items():
        conversation.putheader(name, value)
    conversation.endheaders(data)
    with conversation.getresponse() as response:
        return Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=_body_of(response),
        )


def _body_of(response: Any) -> bytes:
    """What there is of it: one that breaks off does not undo an answer whose status is known."""
    try:
        return bytes(response.read(MOST_READ))
    except (OSError, HTTPException):
        return b""
