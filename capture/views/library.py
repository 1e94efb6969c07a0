"""What the public sees of the content library: the resource centre, open content, and delivery pages. No session."""

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from capture.library.centre import resources, topics
from capture.library.downloads import record_click, record_download
from capture.library.links import read_delivery
from capture.machines import verdict, verdict_on
from capture.tracking.handing_on import handed_on
from leads.known_browsers import known_browser
from leads.models import Asset
from lib import clock
from lib.client import client_address
from lib.signed_links import LinkRefused


@require_safe
def resource_centre(request: HttpRequest) -> HttpResponse:
    """Gated and open content by stage; ?topic= narrows it."""
    known = topics()
    topic = request.GET.get("topic", "")
    topic = topic if topic in known else ""
    context = {"title": _("Resources"), "groups": resources(topic=topic), "topics": known, "topic": topic}
    return HttpResponse(render_to_string("capture/library/centre.html", context))


@require_safe
def resource(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Open content that is listed; anything else is not found."""
    asset = get_object_or_404(Asset, public_id=public_id, is_listed=True, is_gated=False, archived_at=None)
    return _content(asset)


@csrf_exempt  # the link is what it is allowed by; no session has to do with it
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET shows what is there and a button; the button is the download. Scanners of mail gateways follow links only."""
    now = clock.now()
    try:
        asset, lead, made_at = read_delivery(token, now=now)
    except LinkRefused as refused:
        return _page({"title": _("Your download"), "problem": str(refused)}, status=404)
    if request.method != "POST":
        since = (now - made_at).total_seconds()
        machine = verdict_on(request, address=client_address(request), since_delivery=since)
        record_click(asset, lead, machine=machine, now=now)
        known = known_browser(lead, now=now)
        about = {"title": asset.name, "asset": asset, "is_there": asset.can_be_delivered, "known_browser": known}
        return _page(about)
    content = _content(asset, url=handed_on(asset.url, lead, now=now))
    # Who presses a button is taken for a person wherever they are, but not a browser that says what it is.
    machine = verdict(user_agent=request.META.get("HTTP_USER_AGENT", ""))
    record_download(asset, lead, machine=machine, now=now)
    return content


def _content(asset: Asset, *, url: str = "") -> HttpResponseBase:
    """The file from wherever files lie, or the way to its address; raises Http404 when there is neither."""
    if asset.file:
        try:
            file = asset.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        return FileResponse(file, as_attachment=True, filename=asset.file_name or asset.key)
    if asset.url:
        return HttpResponseRedirect(url or asset.url)
    raise Http404


def _page(context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Drawn without the request. Where it leads to never learns its address."""
    page = HttpResponse(render_to_string("capture/library/delivery.html", context), status=status)
    page["Referrer-Policy"] = "no-referrer"
    return page
