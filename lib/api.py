"""How the API reads, pages and fails: strict JSON in, cursors, and one error shape (RFC 9457)."""

from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.encoding import force_str
from rest_framework import exceptions, status
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from lib.strict_json import BadJSON, loads

LARGEST_BODY = 500_000


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"The body is larger than {LARGEST_BODY:,} bytes. Send smaller batches."


class StrictJSONParser(BaseParser):
    """JSON of at most 500 kB; what is refused is said by code."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        try:
            return loads(body)
        except BadJSON as error:
            raise exceptions.ParseError(str(error), code=error.code) from error


class CursorPages(CursorPagination):
    """50 a page, at most 200; `ordering` is set by the view and ends in the primary key."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-pk"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API as problem JSON: type, title, status, code, detail and, for input, errors by field."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": force_str(type(error).default_detail),
        "status": error.status_code,
        "code": error.get_codes() if isinstance(error.get_codes(), str) else "invalid",
        "detail": force_str(error.detail) if isinstance(error.detail, str) else "Some fields cannot be used.",
    }
    if not isinstance(error.detail, str):
        problem["errors"] = error.get_full_details()
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    return Response(problem, status=error.status_code, headers=headers, content_type="application/problem+json")
