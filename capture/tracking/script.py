"""The script websites load: the readable source beside this file, called with the settings of the site."""

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from capture.models import Site
from capture.sites.known import site_of_slug
from capture.sites.origins import bare
from lib.api import problem

_SOURCE: Final = Path(__file__).with_name("script.js")
# Lines that are only a comment, and indentation.
_LEFT_OUT: Final = re.compile(r"^ *(?://.*\n)?", re.MULTILINE)
# Chromium then reads all functions while the script is loaded, not one by one while the page waits.
_HINT: Final = "//# allFunctionsCalledOnLoad\n"
# What is said on Connect about consent reaches everybody within an hour; until then no browser asks again.
_HEADERS: Final = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    # Pages that isolate themselves (COEP) load it too.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class _Served(NamedTuple):
    plain: bytes
    packed: bytes
    etag: str


def script(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The script of the site of this name, or 304 for a browser that has it."""
    site = site_of_slug(slug)
    if site is None:
        return problem(404, "There is no site of this name.", code="unknown_site")
    if request.method not in ("GET", "HEAD"):
        refused = problem(405, "The script is read with GET.", code="method_not_allowed")
        refused.headers["Allow"] = "GET, HEAD"
        return refused
    served = _served(with_settings(_settings(site)))
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(served.packed if is_packed else served.plain, headers=_HEADERS | {"ETag": served.etag})
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return get_conditional_response(request, etag=served.etag, response=response) or response


def with_settings(settings: Mapping[str, object]) -> str:
    """The script as it is served. What is false needs not be said."""
    stated = {name: value for name, value in settings.items() if value is not False}
    # It is JavaScript, not HTML: JSON in ASCII needs no further quoting.
    return f"{_code()}({json.dumps(stated, separators=(',', ':'))});\n"


def _settings(site: Site) -> dict[str, object]:
    return {
        "consent": site.consent_mode,
        "gpc": site.honours_gpc,
        "dnt": site.honours_dnt,
        "counts": site.counts_denied,
        "midnight": site.ends_visits_at_midnight,
        # A link from one of its own pages is nowhere they came from.
        "hosts": sorted({bare(origin).partition("://")[2] for origin in site.origins}),
    }


@cache
def _code() -> str:
    return _HINT + _LEFT_OUT.sub("", _SOURCE.read_text(encoding="utf-8")).rstrip()


@lru_cache(maxsize=100)
def _served(text: str) -> _Served:
    plain = text.encode("ascii")
    return _Served(plain, gzip.compress(plain, mtime=0), f'W/"{hashlib.sha256(plain).hexdigest()[:20]}"')
