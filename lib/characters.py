"""Refuses requests whose path, query or form holds what no database can keep."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lib.text import is_storable


class RefuseBrokenCharacters:
    """400 for NUL, lone surrogates and broken UTF-8 in the path, the query string or the form fields."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        field = _broken_field(request)
        if field is None:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            problem = {
                "type": "about:blank",
                "title": "Bad request",
                "status": 400,
                "code": "invalid_characters",
                "field": field,
                "detail": "This value holds characters that cannot be stored (NUL or broken UTF-8).",
            }
            return JsonResponse(problem, status=400, content_type="application/problem+json")
        return render(request, "400.html", {"field": field}, status=400)


def _broken_field(request: HttpRequest) -> str | None:
    for name, raw in (
        ("path", request.META.get("PATH_INFO", "")),
        ("query", request.META.get("QUERY_STRING", "")),
    ):
        try:
            if "\x00" in unquote_to_bytes(raw.replace("+", " ")).decode():
                return name
        except UnicodeDecodeError:
            return name
    if not is_storable(request.path):
        return "path"
    if request.method == "POST" and request.content_type in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        for name, values in request.POST.lists():
            if not all(is_storable(value) for value in [name, *values]):
                return storable_name(name)
    return None


def storable_name(name: str) -> str:
    return name if is_storable(name) else "form"
