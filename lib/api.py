"""How the API reads, pages and fails: strict JSON in, cursors, and one error shape (RFC 9457)."""

from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import IO, Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lib.page_sizes import API_ROWS, MOST_API_ROWS
from lib.strict_json import BadJSON, loads

LARGEST_BODY = 500_000


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"The body is larger than {LARGEST_BODY:,} bytes. Send smaller batches."


class Compressed(exceptions.APIException):
    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE
    default_code = "compressed"
    default_detail = "The body is compressed. Send it as it is, without Content-Encoding."


class NoLength(exceptions.APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_code = "no_length"
    default_detail = "The body comes in chunks of unknown length. Send it whole, with Content-Length."


class StrictJSONParser(BaseParser):
    """JSON of at most LARGEST_BODY bytes; what is refused is said by code."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        headers = parser_context["request"].headers if parser_context else {}
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Compressed
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        try:
            return loads(body)
        except BadJSON as error:
            raise exceptions.ParseError(str(error), code=error.code) from error


class Negotiation(DefaultContentNegotiation):
    """As the framework's, which weighs every wish; nearly all programs have none but JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first, wish = next(iter(renderers)), request.META.get("HTTP_ACCEPT", "*/*")
        if first.media_type == "application/json" and wish in {"*/*", "application/json"} and not request.query_params:
            return first, "application/json"
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen


class Unusual(Exception):
    """A request that has to be looked at more closely; the framework does, and says what is wrong with it."""


def plain_body(request: HttpRequest) -> Any:
    """The JSON of a request as nearly all programs send it. Raises Unusual for every other one, and BadJSON."""
    meta, length = request.META, request.META.get("CONTENT_LENGTH", "")
    is_plain = (
        meta.get("CONTENT_TYPE") == "application/json"
        and meta.get("HTTP_ACCEPT", "*/*") in {"*/*", "application/json"}
        and not meta.get("QUERY_STRING")
        and "HTTP_TRANSFER_ENCODING" not in meta
        and "HTTP_CONTENT_ENCODING" not in meta
        and length.isascii()
        and length.isdecimal()
        and 0 < int(length) <= LARGEST_BODY
    )
    if not is_plain:
        raise Unusual
    return loads(request.body)


PAGING: Final = frozenset({"cursor", "limit"})


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Raises ValidationError for a parameter of the address that is none of the known ones, or a filter by nothing."""
    for name, values in request.query_params.lists():
        if name not in known:
            sentence = f"This is no filter here. Known: {', '.join(sorted(known)) or 'none'}."
            raise exceptions.ValidationError({name[:60]: [exceptions.ErrorDetail(sentence, "unknown_filter")]})
        if name not in PAGING and not all(value.strip() for value in values):
            sentence = "This filter is empty. Give it a value, or leave it out for all."
            raise exceptions.ValidationError({name: [exceptions.ErrorDetail(sentence, "empty_filter")]})


class KnownFilters(DjangoFilterBackend):  # type: ignore[misc]
    """Filters by the names the view declares; a name it does not know is an error, not everything.

    Names that begin with one of the filter set's `families` are its own to know.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        families = getattr(view.filterset_class, "families", ())
        of_families = {name for name in request.query_params if name.startswith(families)} if families else set()
        refuse_unknown(request, set(view.filterset_class.base_filters) | PAGING | of_families)
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


class CursorPages(CursorPagination):
    """API_ROWS a page, at most MOST_API_ROWS, by primary key: a cursor holds a number, whoever wrote it."""

    page_size = API_ROWS
    page_size_query_param = "limit"
    max_page_size = MOST_API_ROWS
    ordering = "-pk"

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 says that something may be null; the schema of the class above is of 3.0."""
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": address, "previous": address, "results": schema}
        return {"type": "object", "required": sorted(properties), "properties": properties}

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor: Cursor | None = super().decode_cursor(request)
        if cursor and cursor.position is not None and not _is_number(str(cursor.position)):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor

    def get_page_size(self, request: Request) -> int | None:
        asked = request.query_params.get(self.page_size_query_param, "")
        if asked and not (_is_number(asked) and int(asked)):
            sentence = f"This has to be a number from 1 to {MOST_API_ROWS}."
            raise exceptions.ValidationError({self.page_size_query_param: [sentence]})
        size: int | None = super().get_page_size(request)
        return size


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 20


def body_of(request: Request) -> Any:
    """The JSON that was sent; raises what says why there is nothing to read."""
    if "Transfer-Encoding" in request.headers:
        raise NoLength
    if request.headers.get("Content-Length", "0") == "0":
        raise exceptions.ParseError("There is no body. Send JSON.", code="no_body")
    return request.data


def problem(status_code: int, detail: str, **more: str) -> JsonResponse:
    """An error of the API where no view of it answers."""
    told = {"type": "about:blank", "title": HTTPStatus(status_code).phrase, "status": status_code, **more}
    return JsonResponse({**told, "detail": detail}, status=status_code, content_type="application/problem+json")


def too_many_requests(*, seconds: int) -> JsonResponse:
    """Whoever sends is told to come again after so long."""
    return _again(problem(429, "Too many requests from one address.", code="too_many_requests"), seconds=seconds)


def come_again(*, seconds: int) -> JsonResponse:
    """The database cannot be used for the moment; whoever asks is told to do so again after so long."""
    told = problem(503, "The database cannot be used for the moment. Send it again.", code="unavailable")
    return _again(told, seconds=seconds)


def _again(answer: JsonResponse, *, seconds: int) -> JsonResponse:
    answer.headers["Retry-After"] = str(seconds)
    return answer


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, and is answered in JSON whatever happens."""
    return request.path.startswith(settings.PROGRAM_PATHS)


def problem_response(error: Exception, context: dict[str, object]) -> Response | None:
    """Every error of the API as problem JSON: type, title, status, code, detail and, for input, errors by field."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        "code": error.get_codes() if isinstance(error.get_codes(), str) else "invalid",
        "detail": str(error.detail) if isinstance(error.detail, str) else "Some fields cannot be used.",
    }
    if not isinstance(error.detail, str):
        problem["errors"] = error.get_full_details()
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    return Response(problem, status=error.status_code, headers=headers, content_type="application/problem+json")
