"""No body is read, or unpacked, further than was agreed."""

import gzip

import pytest
from django.test import RequestFactory

from lib.bodies import BodyRefused, read_body


def refused(body: bytes, headers: dict[str, str] | None = None, *, most: int = 100, may_be_packed: bool = True) -> int:
    request = RequestFactory().post("/", body, "text/plain", headers=headers)
    with pytest.raises(BodyRefused) as error:
        read_body(request, most=most, may_be_packed=may_be_packed)
    return error.value.status


class TestBodies:
    def test_a_body_is_read(self) -> None:
        assert read_body(RequestFactory().post("/", b"abc", "text/plain"), most=3) == b"abc"

    def test_a_packed_body_is_unpacked(self) -> None:
        headers = {"Content-Encoding": "gzip"}
        request = RequestFactory().post("/", gzip.compress(b"abc" * 100), "text/plain", headers=headers)
        assert read_body(request, most=300, may_be_packed=True) == b"abc" * 100

    def test_a_bomb_is_unpacked_no_further_than_agreed(self) -> None:
        assert refused(gzip.compress(bytes(10_000_000)), {"Content-Encoding": "gzip"}, most=50_000) == 413

    def test_what_is_wrong_is_said_by_status(self) -> None:
        assert refused(bytes(101)) == 413
        assert refused(b"abc", {"Content-Encoding": "gzip"}) == 400
        assert refused(gzip.compress(b"abc")[:-4], {"Content-Encoding": "gzip"}) == 400
        assert refused(b"abc", {"Content-Encoding": "br"}) == 415
        assert refused(gzip.compress(b"abc"), {"Content-Encoding": "gzip"}, may_be_packed=False) == 415
        assert refused(b"abc", {"Transfer-Encoding": "chunked"}) == 411
        assert refused(b"abc", {"Content-Length": "-1"}) == 413
