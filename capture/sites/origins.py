"""The addresses of a website as browsers say them: scheme, host and, where it is not the usual one, port."""

from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from capture.models.site import LONGEST_ORIGIN

_USUAL_PORTS: Final = {"http": 80, "https": 443}


class NoOrigin(ValueError):
    """What was written is no address of a website; the message says what to write."""


def read_origin(text: str) -> str:
    """The origin in an address: `Example.com/shop` is `https://example.com`. Raises NoOrigin."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as error:  # UnicodeError is one
        raise _no(text) from error
    if parts.scheme not in _USUAL_PORTS or not _is_host(host) or parts.username is not None:
        raise _no(text)
    shown = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown}"
    if port is not None and port != _USUAL_PORTS[parts.scheme]:
        origin += f":{port}"
    if len(origin) > LONGEST_ORIGIN:
        raise _no(text)
    return origin


def origin_of(url: str) -> str:
    """The origin of an address as a browser says it; empty where it has none."""
    try:
        return read_origin(url) if "://" in url else ""
    except NoOrigin:
        return ""


def host_of(url: str) -> str:
    """The host of an address in lower case without www; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def bare(origin: str) -> str:
    """The origin in lower case without `www.`: people write their site with it or without and mean both."""
    return origin.lower().replace("://www.", "://", 1)


def _is_host(host: str) -> bool:
    if ":" in host:
        return True  # urlsplit has looked at an IPv6 address
    parts = host.split(".")
    return all(part and part.replace("-", "").replace("_", "").isalnum() for part in parts)


def _no(text: str) -> NoOrigin:
    return NoOrigin(
        _("“%(text)s” is no address of a website. Write it like https://www.example.com.") % {"text": text[:60]}
    )
