"""The public address of a link in a mail. No session; whoever follows it is led on."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from capture.machines import verdict_on
from capture.tracking.handing_on import handed_on
from lib import clock
from lib.client import client_address
from lib.signed_links import LinkRefused
from nurture.sending.clicks import read_click, record_click


@require_safe
def follow(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """302 to what stood in the mail; mail gateways follow links as well, and are told from people."""
    now = clock.now()
    try:
        send, target = read_click(token, number, now=now)
    except LinkRefused:
        raise Http404 from None
    since = (now - send.sent_at).total_seconds() if send.sent_at else 0.0
    machine = verdict_on(request, address=client_address(request), since_delivery=since)
    record_click(send, target, number, machine=machine, now=now)
    return HttpResponseRedirect(handed_on(target, send.lead, now=now))
