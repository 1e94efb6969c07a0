"""Segment's HTTP tracking API: its clients work with host and key changed. Each request is stored and acknowledged."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse

from capture.inbox import append_raw
from capture.models import Site
from capture.segment.messages import BROWSER, SERVER, WRITE_KEY
from capture.segment.requests import LARGEST_REQUEST, is_within_limit, raw_of, read_sent
from capture.segment.stream import SEGMENT
from capture.sites.known import is_of, site_of_server_key, site_of_write_key
from capture.tracking.joining import agent_name
from leads.events import Agent
from lib import clock
from lib.bodies import BodyRefused, read_body

# What the browser's client calls the types of messages; in a batch each says its own.
_TYPES: Final = {
    "i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias", "m": "", "b": "",
    "batch": "", "import": "",
}  # fmt: skip


def receive(request: HttpRequest, kind: str) -> HttpResponse:
    """200 once the messages are stored; 401 for a key nobody has, 400 for what is no message.

    The key is the user name of Basic authentication, or `writeKey` in the body.
    """
    if request.method == "OPTIONS":
        return _with_origin(HttpResponse(status=204), request)
    try:
        _store(request, kind)
    except _NotTaken as refused:
        answer = {"success": False, "message": str(refused)}
        return _with_origin(JsonResponse(answer, status=refused.status, headers=refused.headers), request)
    return _with_origin(JsonResponse({"success": True}), request)


class _NotTaken(Exception):
    """The status and the headers of the answer; the message is for people."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


def _store(request: HttpRequest, kind: str) -> None:
    if request.method != "POST":
        raise _NotTaken(405, "Messages are sent with POST.", {"Allow": "POST, OPTIONS"})
    try:
        sent = read_sent(read_body(request, most=LARGEST_REQUEST, may_be_packed=True))
    except BodyRefused as refused:
        # As Segment answers, whose clients give up on it: what is too large never becomes smaller.
        raise _NotTaken(400, str(refused)) from refused
    key = _key(request, sent.body)
    site = site_of_write_key(key) or site_of_server_key(key)
    if site is None:
        wanted = {"WWW-Authenticate": 'Basic realm="write key"'}
        raise _NotTaken(401, "This key is not known here. Copy it from the page Connect.", wanted)
    by = _by(request, site, key)
    if by is None:
        raise _NotTaken(403, "This address is none of the site's. Add it on the page Connect.")
    if by != SERVER and not is_within_limit(site, request):
        raise _NotTaken(429, "Too many requests from one address.", {"Retry-After": "60"})
    append_raw(
        raw_of(sent, request, by=by, kind=_TYPES.get(kind, kind)),
        kind=SEGMENT.key,
        events=sent.messages,
        source=site.source,
        system="",
        agent=Agent(name=agent_name(site.name)),
        now=clock.now(),
    )


def _key(request: HttpRequest, body: dict[str, Any]) -> str:
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(secret.strip(), validate=True).decode("latin-1").partition(":")[0]
        except binascii.Error:
            return ""
    key = body.get("writeKey")
    return key if isinstance(key, str) else ""


def _by(request: HttpRequest, site: Site, key: str) -> str | None:
    """How far the sender is believed; None for a page of another website."""
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin:
        return BROWSER if is_of(site, origin) else None
    return WRITE_KEY if key == site.write_key else SERVER


def _with_origin(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """A page may send from anywhere and read nothing but this answer; whose page it is, is looked at above."""
    if request.META.get("HTTP_ORIGIN"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
