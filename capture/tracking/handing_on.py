"""Who follows a link of our own mail is known; their browser says so to the website it is sent on to.

The address gets a sign: signed, for one lead and one site, good for ten minutes, without anything of the person. The
script of the site takes it out of the address and sends it; where there is no consent to be tracked, nothing is sent.
"""

from datetime import datetime, timedelta
from typing import Final, TypedDict
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from capture.models import Site
from capture.sites.known import site_of_origin
from capture.sites.origins import origin_of
from capture.tracking.consent import PURPOSE
from leads.consent.ledger import withdrawn_among
from leads.known_browsers import recognise_by
from leads.models import Lead
from lib.signed_links import LinkRefused, read_link, sign_link

# The part of the address (capture/tracking/script.js).
NAME: Final = "baton"
LASTS: Final = timedelta(minutes=10)
_PURPOSE: Final = "capture.tracking.handing_on"


class Here(TypedDict):
    """What a page of ours that stands on the website itself tells the browser (static/js/capture/known-browser.js)."""

    to: str
    key: str
    sign: str


def sign_of(lead: Lead, site: Site, *, now: datetime) -> str:
    """Proves to this site, for ten minutes, that who brings it is the lead."""
    return sign_link(lead.public_id, purpose=f"{_PURPOSE}.{site.slug}", until=now + LASTS)


def lead_of_sign(text: str, site: Site, *, now: datetime) -> int | None:
    """The lead, unless the sign is none of this site, is too old, or the lead does not want to be tracked."""
    try:
        public_id = read_link(text, purpose=f"{_PURPOSE}.{site.slug}", now=now)
    except LinkRefused:
        return None
    lead_id = Lead.objects.filter(public_id=public_id, erased_at=None).values_list("pk", flat=True).first()
    return None if lead_id is None or withdrawn_among([lead_id], PURPOSE) else lead_id


def handed_on(url: str, lead: Lead | None, *, now: datetime) -> str:
    """The address, with the sign where it is one of a site that is connected."""
    site = site_of_origin(origin_of(url)) if lead is not None and url else None
    if lead is None or site is None:
        return url
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (NAME, sign_of(lead, site, now=now))]
    return parts._replace(query=urlencode(query)).geturl()


def here(lead: Lead, now: datetime) -> Here | None:
    """Where Baton stands on a website that is connected: what the page tells the browser that shows it."""
    site = site_of_origin(origin_of(settings.BASE_URL))
    if site is None:
        return None
    return {"to": reverse("tracking:collect", args=[site.slug]), "key": site.write_key,
            "sign": sign_of(lead, site, now=now)}  # fmt: skip


recognise_by(here)
