"""What the pages of the queue share: a page is a page, and to htmx it is its part."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from accounts.doors import SignedInRequest
from accounts.roles import SALES_MANAGER, SALES_REP
from handoff.models import Handoff

DECIDABLE = ("waiting", "accepted")


class PageRequest(SignedInRequest):
    """What a view of the queue gets: somebody signed in, and whether htmx asks."""

    htmx: HtmxDetails


def page_or_part(
    request: PageRequest, page: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole page, or to htmx only its part. Caches must not mistake one for the other."""
    wants_part = bool(request.htmx) and not request.htmx.history_restore_request
    template = part if wants_part else page
    response = render(request, template, {**context, "is_part": wants_part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def may_answer(request: PageRequest, handoff: Handoff) -> bool:
    """Whether buttons are shown. What they may do is for handoff/access.py to say, when they are pressed."""
    if handoff.state not in DECIDABLE:
        return False
    holds = handoff.assignee_id == request.user.pk and request.user.has_role(SALES_REP)
    return holds or request.user.has_role(SALES_MANAGER)


def is_overdue(handoff: Handoff, *, now: datetime) -> bool:
    """Whether the time to answer is over and only the sweeper has not been there yet."""
    return handoff.state == "waiting" and handoff.respond_by is not None and handoff.respond_by <= now
