"""Whoever has the mailbox confirms that an address is theirs, by a link of our mail. Looking at it changes nothing.

Whoever corrects the lead may have the mail sent once more.
"""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest
from leads.access import access_lead
from leads.correcting.addresses import NotAsked, ask_again, confirm, lead_of_link
from leads.events import Agent
from lib import clock
from lib.signed_links import LinkRefused


@csrf_exempt  # the link is what it is allowed by; no session has to do with it
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, digest: str, token: str) -> HttpResponse:
    """GET asks, for programs follow links as well; POST confirms."""
    context: dict[str, object] = {"title": _("Confirm your address")}
    status = 200
    try:
        if request.method == "POST":
            confirm(token=token, digest=digest, now=clock.now())
            context["is_confirmed"] = True
        else:
            lead_of_link(token, digest, now=clock.now())
    except LinkRefused as refused:
        context["problem"], status = str(refused), 404
    page = HttpResponse(render_to_string("leads/confirm_address.html", context), status=status)
    page["Referrer-Policy"] = "no-referrer"
    return page


@require_POST
@login_required
def ask_address_again(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The mail once more, or why not yet."""
    lead = access_lead(request.user, public_id, to="edit")
    try:
        ask_again(lead_id=lead.pk, agent=Agent(user=request.user), now=clock.now())
    except NotAsked as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, _("A mail asks once more whether the address is theirs."))
    return redirect("leads:detail", lead.public_id)
