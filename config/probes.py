"""Whoever watches the processes asks each by its own address, over plain http."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from config.views import livez, readyz

PROBES: Final = {"/livez": livez, "/readyz": readyz}


class Probes:
    """Comes before names of hosts are looked at and http is turned into https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else self.get_response(request)
