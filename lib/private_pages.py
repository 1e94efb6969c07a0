"""What is answered holds names, and is kept by no cache on the way and by no browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class KeepNothing:
    """`Cache-Control: private, no-store` where a view says nothing else. Static files are answered before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
