"""Refuses requests whose path, query or form holds what no database can keep."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lib.api import is_api, problem
from lib.text import is_storable

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RefuseBrokenCharacters:
    """400 for NUL, lone surrogates and broken UTF-8 in the path, the query string or the form fields."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        field = _broken_field(request)
        if field is None:
            return self.get_response(request)
        if is_api(request):
            detail = "This value holds characters that cannot be stored (NUL or broken UTF-8)."
            return problem(400, detail, code="invalid_characters", field=field)
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
    # The API takes no forms, and says so itself.
    if request.method == "POST" and request.content_type in FORMS and not is_api(request):
        for name, values in request.POST.lists():
            if not all(is_storable(value) for value in [name, *values]):
                return storable_name(name)
    return None


def storable_name(name: str) -> str:
    return name if is_storable(name) else "form"
