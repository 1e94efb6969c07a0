"""The way of a program's request to its view."""

from collections.abc import Callable
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.template.response import SimpleTemplateResponse
from django.urls import resolve

from lib.api import is_api
from lib.characters import RefuseBrokenCharacters

View = Callable[[HttpRequest], HttpResponse]


class ProgramsPassBy:
    """Programs pass by the middleware below: it is about people, their browsers, sessions and forms.

    None of it does anything for a program, and going through it takes longer than storing what was sent.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        common = cast("View", CommonMiddleware(convert_exception_to_response(_view)))
        self.api = RefuseBrokenCharacters(common)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.api(request) if is_api(request) else self.get_response(request)


def _view(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match = resolve(request.path_info)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response.render() if isinstance(response, SimpleTemplateResponse) else response
