"""A page is a page, its parts are partials: one address serves both."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def page_or_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole page, or to htmx only its part. Caches must not mistake one for the other."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    wants_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, part if wants_part else page, {**context, "is_part": wants_part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
