"""Finds the site a request is for without asking the database, for what is asked at each visit of a page."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from capture.models import Site
from capture.sites.keys import digest, is_server_key
from capture.sites.origins import bare, host_of
from lib.process_cache import ProcessCache


@dataclass(frozen=True)
class _Known:
    by_slug: dict[str, Site]
    by_write_key: dict[str, Site]
    by_digest: dict[str, Site]


def _read() -> _Known:
    sites = list(Site.objects.order_by("pk"))
    return _Known(
        {site.slug: site for site in sites},
        {site.write_key: site for site in sites},
        {site.server_key_digest: site for site in sites if site.server_key_digest},
    )


_KNOWN: Final = ProcessCache(_read)


def site_of_slug(slug: str) -> Site | None:
    """The site as it was a second ago at most; likewise the others here."""
    return _KNOWN.get().by_slug.get(slug)


def site_of_source(source: str) -> Site | None:
    """The site of which the inbox calls what it sends so."""
    return site_of_slug(source.removeprefix("site:"))


def site_of_origin(origin: str) -> Site | None:
    """The site of which a page of this origin is one; the first that was connected, of several."""
    return next((site for site in _KNOWN.get().by_slug.values() if is_of(site, origin)), None)


def site_of_write_key(key: str) -> Site | None:
    return _KNOWN.get().by_write_key.get(key)


def site_of_server_key(key: str) -> Site | None:
    """The site whose server says this; digests are compared, so nobody learns a key from how long it takes."""
    return _KNOWN.get().by_digest.get(digest(key)) if is_server_key(key) else None


def own_hosts() -> frozenset[str]:
    """The hosts of every site, and of Baton's own pages: who comes from one of them was with us already."""
    origins = [origin for site in _KNOWN.get().by_slug.values() for origin in site.origins]
    return frozenset(map(host_of, [settings.BASE_URL, *origins]))


def is_of(site: Site, origin: str) -> bool:
    """Whether a page of this origin is one of the site's."""
    return bare(origin) in {bare(each) for each in site.origins}
