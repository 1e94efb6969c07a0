"""Bodies from strangers: never more of them is read, or unpacked, than was agreed."""

import zlib
from typing import Final

from django.http import HttpRequest

# What zlib takes for the header of gzip.
_GZIP: Final = 16 + zlib.MAX_WBITS


class BodyRefused(ValueError):
    """The body is not taken; `status` for programs, the message for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def read_body(request: HttpRequest, *, most: int, may_be_packed: bool = False) -> bytes:
    """The body, of at most so many bytes as it comes and as it is unpacked. Raises BodyRefused."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise BodyRefused(411, "no_length", "The body comes in chunks. Send it whole, with Content-Length.")
    if length and not (length.isascii() and length.isdecimal() and int(length) <= most):
        raise too_large(most)
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    body: bytes = request.read(most + 1)
    if len(body) > most:
        raise too_large(most)
    if encoding == "identity":
        return body
    if encoding != "gzip" or not may_be_packed:
        raise BodyRefused(415, "compressed", "The body is compressed in a way that is not taken here.")
    return _unpacked(body, most=most)


def too_large(most: int) -> BodyRefused:
    return BodyRefused(413, "too_large", f"The body is larger than {most:,} bytes. Send smaller batches.")


def _unpacked(body: bytes, *, most: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacking.decompress(body, most + 1)
    except zlib.error as error:
        raise BodyRefused(400, "not_gzip", "The body is no gzip, though Content-Encoding says so.") from error
    if len(unpacked) > most:
        raise too_large(most)
    if not unpacking.eof:
        raise BodyRefused(400, "not_gzip", "The gzip in the body breaks off.")
    return unpacked
