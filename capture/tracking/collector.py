"""Where the script of a site sends what it saw: stored as it came and acknowledged, nothing is answered."""

from typing import Final

from django.http import HttpRequest, HttpResponse

from capture.inbox import append_raw
from capture.models import Site
from capture.segment.messages import BROWSER
from capture.segment.requests import LARGEST_REQUEST, is_within_limit, raw_of, read_sent
from capture.segment.stream import SEGMENT
from capture.sites.known import is_of, site_of_slug
from capture.tracking.joining import agent_name
from leads.events import Agent
from lib import clock
from lib.api import problem, too_many_requests
from lib.bodies import BodyRefused, read_body

# A browser asks no more often than this whether it may send JSON.
_ASKED_FOR: Final = "86400"


def collect(request: HttpRequest, slug: str) -> HttpResponse:
    """204 once the messages are stored. The script sends text/plain, about which browsers ask nothing beforehand.

    Only pages of the site may send, and nobody is told anything that is stored.
    """
    site = site_of_slug(slug)
    if site is None:
        return problem(404, "There is no site of this name.", code="unknown_site")
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin and not is_of(site, origin):
        return problem(403, "This address is none of the site's. Add it on the page Connect.", code="unknown_origin")
    response = _answer(request, site)
    response.headers["Vary"] = "Origin"
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _answer(request: HttpRequest, site: Site) -> HttpResponse:
    if request.method == "OPTIONS":
        allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "Content-Type"}
        return HttpResponse(status=204, headers={**allowed, "Access-Control-Max-Age": _ASKED_FOR})
    if request.method != "POST":
        response: HttpResponse = problem(405, "Visits are sent with POST.", code="method_not_allowed")
        response.headers["Allow"] = "POST, OPTIONS"
        return response
    if not is_within_limit(site, request):
        return too_many_requests(seconds=60)
    try:
        sent = read_sent(read_body(request, most=LARGEST_REQUEST))
    except BodyRefused as refused:
        return problem(refused.status, str(refused), code=refused.code)
    raw = raw_of(sent, request, by=BROWSER)
    agent = Agent(name=agent_name(site.name))
    append_raw(raw, kind=SEGMENT.key, events=sent.messages, source=site.source, system="", agent=agent, now=clock.now())
    return HttpResponse(status=204)
