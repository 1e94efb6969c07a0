"""The preference page: what a person allows, by a link of our mail. Looking at it changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leads.consent.ledger import standing
from leads.consent.preferences import choose, lead_of_link, stop_everything, unsubscribe
from leads.forms.preferences import PreferenceForm
from leads.known_browsers import known_browser
from leads.models import Lead
from lib import clock
from lib.signed_links import LinkRefused


@csrf_exempt  # the link is what it is allowed by; no session has to do with it
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows; POST chooses, stops everything, or is the one click of a mail program (List-Unsubscribe-Post)."""
    now = clock.now()
    try:
        lead = lead_of_link(token, now=now)
    except LinkRefused as refused:
        return _page({"title": _("Your choices"), "problem": str(refused)}, status=404)
    if request.method != "POST":
        return _page(_context(lead) | {"known_browser": known_browser(lead, now=now)})
    if request.POST.get("List-Unsubscribe") == "One-Click":
        unsubscribe(lead_id=lead.pk, now=now)
    elif "stop" in request.POST:
        stop_everything(lead_id=lead.pk, now=now)
    else:
        form = PreferenceForm(request.POST, purposes=standing(lead.pk))
        if form.is_valid():
            choose(lead_id=lead.pk, allowed=form.allowed(), now=now)
    return _page(_context(lead) | {"is_stored": True})


def _context(lead: Lead) -> dict[str, object]:
    purposes = standing(lead.pk)
    return {
        "title": _("Your choices"),
        "address": _hinted(lead.email),
        "form": PreferenceForm(purposes=purposes),
        "is_anything_allowed": any(last is not None and last.is_given for _purpose, last in purposes),
    }


def _hinted(email: str) -> str:
    """Enough of an address for its owner, too little for whoever a mail was passed on to."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}…{at}{domain}" if at else ""


def _page(context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Drawn without the request: nobody's name, no session. Where it leads to never learns its address."""
    page = HttpResponse(render_to_string("leads/preferences.html", context), status=status)
    page["Referrer-Policy"] = "no-referrer"
    return page
