"""A page is a page, its parts are partials: one address serves both."""

from collections.abc import Mapping
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from lib.page_sizes import MOST_COUNTED

Row = TypeVar("Row", bound=Model)


def page_or_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """The whole page, or to htmx only its part. Caches must not mistake one for the other."""
    is_part = wants_part(request)
    response = render(request, part if is_part else page, {**context, "is_part": is_part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page it stands on."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def is_own_path(address: str) -> bool:
    """Whether it is a path of this site, so that whoever follows it stays here."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


class Pages(Paginator[Row]):
    """The first MOST_COUNTED rows of a list, page by page: counting a million takes longer than showing fifty.

    Nobody leafs further; who looks for something narrows the list, or sorts it the other way.
    """

    object_list: QuerySet[Row]

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: MOST_COUNTED + 1].count()

    @property
    def has_more(self) -> bool:
        """Whether there are rows behind those that are counted and shown."""
        return self._counted > MOST_COUNTED

    @property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)


def page_of(request: HttpRequest, rows: QuerySet[Row], size: int) -> Page[Row]:
    """The page of these rows that the address asks for; the nearest one where it asks for none there is."""
    return Pages(rows, size).get_page(request.GET.get("page"))
