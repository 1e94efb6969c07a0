"""Who a request comes from, for everything that limits by address."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the client: of the connection, or what the outermost of the trusted proxies saw.

    Each proxy appends whom it was asked by to X-Forwarded-For, so with two of them the last entry but one is the client
    and everything before it is what the client likes to say. Fewer entries than proxies: an inner proxy was asked
    directly, and its entry is the first.
    """
    meta, trusted = request.META, settings.TRUSTED_PROXIES
    address = None
    if trusted:
        entries = [entry.strip() for entry in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = without_port(entries[-min(trusted, len(entries))])
    return address or str(meta.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str:
    """What is counted as one sender: an IPv4 address, or the /64 that one household or one server has of IPv6."""
    return _network(client_address(request))


@lru_cache(maxsize=4096)  # who sends once sends again
def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return address


def without_port(entry: str) -> str | None:
    """The address in one entry, such as 192.0.2.7, 192.0.2.7:4711 or [2001:db8::1]:4711; None when it is none."""
    host = entry.partition("]")[0].removeprefix("[") if entry.startswith("[") else entry
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
