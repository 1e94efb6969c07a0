"""Requests that leave: to the address that was checked, under its name, bounded, and never from a transaction."""

import datetime
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from lib import http
from tests.lib.test_outgoing import SPECIAL, TRICKS, literal
from tests.receiver import Receiver, receiving
from tests.receiver import http as answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as server:
        settings.OUTGOING_LOCAL = [server.authority]
        yield server


def dripping(connected: socket.socket) -> None:
    """A byte now and then, and no end."""
    with suppress(OSError):
        for piece in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100:
            connected.sendall(bytes([piece]))
            time.sleep(0.1)


def endless(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2000):
            connected.sendall(b"x" * 65536)


def many_headers(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 10000) for n in range(100)))


class TestExchange:
    def test_the_receiver_gets_json_and_we_get_its_answer(self, receiver: Receiver) -> None:
        receiver.answer = answer(429, "slow down", retry_after="7")
        got = http.post_json(receiver.url, {"text": "Ana Müller ✓"}, headers={"Webhook-Id": "1"})
        assert (got.status, got.body, got.headers["retry-after"]) == (429, b"slow down", "7")
        assert receiver.requests[0][1] == {"text": "Ana Müller ✓"}
        assert receiver.headers()["host"] == receiver.authority
        assert receiver.headers()["webhook-id"] == "1"

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_an_answer_and_not_followed(self, receiver: Receiver, status: int) -> None:
        with receiving() as inside:
            receiver.answer = answer(status, "", location=f"http://127.0.0.1:{inside.port}/")
            assert http.post_json(receiver.url, {}).status == status
            assert inside.connections == 0

    def test_inside_a_transaction_it_refuses(self, receiver: Receiver) -> None:
        with transaction.atomic(), pytest.raises(RuntimeError):
            http.post_json(receiver.url, {})
        assert receiver.connections == 0

    def test_nobody_there_is_unreachable(self, receiver: Receiver, settings: Any) -> None:
        settings.OUTGOING_LOCAL = ["127.0.0.1:1"]
        with pytest.raises(http.Unreachable, match="ConnectionRefusedError"):
            http.post_json("http://127.0.0.1:1/secret", {})

    def test_a_name_nobody_knows_is_unreachable(self) -> None:
        def unknown(_host: str, _port: int) -> list[str]:
            raise socket.gaierror(-2, "Name or service not known")

        with pytest.raises(http.Unreachable, match=r"The name chat\.example\.com leads nowhere\."):
            http.post_json("https://chat.example.com/", {}, lookup=unknown)


class TestBounds:
    def test_a_drip_ends_with_the_time_there_is(self, receiver: Receiver) -> None:
        receiver.answer = dripping
        began = time.monotonic()
        with pytest.raises(http.Unreachable):
            http.post_json(receiver.url, {}, in_all=1.0)
        assert time.monotonic() - began < 3

    def test_silence_ends_with_the_time_there_is(self, receiver: Receiver) -> None:
        receiver.answer = lambda _connected: time.sleep(3)
        began = time.monotonic()
        with pytest.raises(http.Unreachable):
            http.post_json(receiver.url, {}, in_all=0.5)
        assert time.monotonic() - began < 2

    def test_of_an_endless_answer_64_kb_are_read(self, receiver: Receiver) -> None:
        receiver.answer = endless
        got = http.post_json(receiver.url, {})
        assert got.status == 200
        assert 0 < len(got.body) <= http.MOST_READ

    def test_a_megabyte_of_headers_is_not_read(self, receiver: Receiver) -> None:
        receiver.answer = many_headers
        with suppress(http.Unreachable):
            assert sum(map(len, http.post_json(receiver.url, {}).headers.values())) <= http.MOST_READ

    def test_what_is_no_http_is_unreachable(self, receiver: Receiver) -> None:
        receiver.answer = b"SSH-2.0-OpenSSH\r\n"
        with pytest.raises(http.Unreachable):
            http.post_json(receiver.url, {})


class TestInside:
    """A listener on 127.0.0.1, and one on ::1, see nothing."""

    @pytest.fixture(params=["127.0.0.1", "::1"])
    def inside(self, request: pytest.FixtureRequest, settings: Any) -> Iterator[Receiver]:
        with receiving(host=request.param) as listener:
            settings.OUTGOING_PORTS = [443, listener.port]  # so that it is the address that is refused
            yield listener

    def test_no_connection_whatever_is_asked_for(self, inside: Receiver) -> None:
        for url in [*map(literal, SPECIAL), *TRICKS]:
            for written in (url, url.replace("/hook", f":{inside.port}/hook")):
                with pytest.raises(http.NotAllowed):
                    http.post_json(written, {})
        assert inside.connections == 0

    def test_no_connection_whatever_a_name_stands_for(self, inside: Receiver) -> None:
        for address in SPECIAL:
            with pytest.raises(http.NotAllowed):
                http.post_json(f"https://chat.example.com:{inside.port}/", {}, lookup=_always(address))
        assert inside.connections == 0

    def test_a_name_is_looked_up_once_so_a_second_answer_changes_nothing(self, inside: Receiver, settings: Any) -> None:
        asked = count()

        def rebinding(_host: str, _port: int) -> list[str]:
            return ["192.0.2.1"] if next(asked) == 0 else ["127.0.0.1", "::1"]

        # 192.0.2.1 stands for a public address that nobody answers at: the setting lets this name pass once.
        settings.OUTGOING_LOCAL = [f"chat.example.com:{inside.port}"]
        with pytest.raises(http.Unreachable):
            http.post_json(f"https://chat.example.com:{inside.port}/", {}, lookup=rebinding, in_all=0.5)
        assert next(asked) == 1
        assert inside.connections == 0


def _always(address: str) -> Callable[[str, int], list[str]]:
    return lambda _host, _port: [address]


class TestTls:
    @pytest.fixture
    def secure(self, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
        """A receiver with a certificate for chat.example.com that this machine trusts, on 127.0.0.1."""
        context = _certificate(tmp_path, "chat.example.com")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        with receiving(context) as server:
            settings.OUTGOING_LOCAL = [f"{name}.example.com:{server.port}" for name in ("chat", "other")]
            yield server

    def test_the_connection_is_to_the_address_and_under_the_name(self, secure: Receiver) -> None:
        url = f"https://chat.example.com:{secure.port}/x?y=z"
        assert http.post_json(url, {}, lookup=_always("127.0.0.1")).status == 200
        assert secure.names == ["chat.example.com"]
        assert secure.headers()["host"] == f"chat.example.com:{secure.port}"
        assert secure.requests[0][0].startswith("POST /x?y=z HTTP/1.1\r\n")

    def test_a_certificate_of_somebody_else_is_an_error(self, secure: Receiver) -> None:
        with pytest.raises(http.Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            http.post_json(f"https://other.example.com:{secure.port}/", {}, lookup=_always("127.0.0.1"))
        assert secure.requests == []


def _certificate(folder: Path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
