"""Whoever watches the processes asks each by its own address, over plain http."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from config.views import livez, readyz


class Probes:
    """Comes before names of hosts are looked at and http is turned into https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.views = {reverse("livez"): livez, reverse("readyz"): readyz}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.views.get(request.path_info, self.get_response)(request)
