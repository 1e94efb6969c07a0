"""Where a request that somebody configured may go: public addresses by https, and nowhere else.

Checked twice: what is written, when an address is saved (`check_address`, which asks no network); what a name stands
for, at the moment of connecting (`resolved`). The table is that of the IANA special-purpose registries for IPv4 and
IPv6 (RFC 6890 and its successors), written out: Python's `is_private` lets some of it through.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], list[str]]

LONGEST: Final = 2000
SPECIAL_V4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # public by number, but the host itself inside Azure
    )
)  # fmt: skip
# Global unicast, and what of it is special: Teredo and other protocol assignments, documentation, 6to4, AS112, 6bone.
UNICAST_V6: Final = ipaddress.IPv6Network("2000::/3")
SPECIAL_V6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)
# Names that stand for something inside, whatever a resolver says.
INSIDE: Final = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_LOOKS_NUMERIC: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)


class NotAllowed(Exception):
    """No request goes there; the sentence says why and never repeats the whole address, which may be a secret."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address taken apart. `is_local` when the setting allows exactly this host and port."""

    scheme: str
    host: str
    port: int
    path: str
    is_local: bool

    @property
    def authority(self) -> str:
        """The host as the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"


def check_address(url: str) -> None:
    """A validator for forms and models: raises ValidationError with what is wrong about the address."""
    try:
        target_of(url)
    except NotAllowed as refused:
        raise ValidationError(str(refused)) from refused


def target_of(url: str) -> Target:
    """What the address says, without asking anybody; raises NotAllowed."""
    if len(url) > LONGEST or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise NotAllowed(_("An address has plain letters and signs only, without spaces."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed(_("This is not an address.")) from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise NotAllowed(_("An address begins with https://."))
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(_("An address with a name and a password in it is not used."))
    host = _host(parts.hostname)
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    is_local = f"{host}:{port}" in settings.OUTGOING_LOCAL
    if not is_local:
        _check_public(parts.scheme, host, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port, path=path, is_local=is_local)


def resolved(target: Target, *, lookup: Lookup) -> list[str]:
    """The addresses to connect to, looked up once; raises NotAllowed when any of them is not a public one."""
    literal = _literal(target.host)
    addresses = [str(literal)] if literal else lookup(target.host, target.port)
    if not target.is_local and any(is_special(address) for address in addresses):
        raise NotAllowed(_("%(host)s leads to an address that is not public.") % {"host": target.host})
    return addresses


def system_lookup(host: str, port: int) -> list[str]:
    """The addresses of a name as the machine resolves it; raises OSError."""
    records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in records))


def is_special(text: str) -> bool:
    """Whether an address is anything but a public one; what cannot be read is."""
    address = _literal(text)
    if address is None:  # also what has a scope: fe80::1%eth0
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in SPECIAL_V4)
    return address not in UNICAST_V6 or any(address in network for network in SPECIAL_V6)


def _check_public(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise NotAllowed(_("An address begins with https://."))
    if port not in settings.OUTGOING_PORTS:
        raise NotAllowed(_("Port %(port)d is not used; leave it out.") % {"port": port})
    literal = _literal(host)
    if literal:
        if is_special(str(literal)):
            raise NotAllowed(_("%(host)s is not a public address.") % {"host": host})
        return
    labels = host.split(".")
    if len(labels) == 1 or labels[-1] in INSIDE:
        raise NotAllowed(_("%(host)s is not a public name.") % {"host": host})


def _host(written: str) -> str:
    """The host in its one form; raises NotAllowed for what a resolver could read as another one."""
    host = written.lower().removesuffix(".")
    if _literal(host):
        return host
    labels = host.split(".")
    # 2852039166, 0x7f.1, 0177.0.0.1 and 127.1 are addresses to some resolvers.
    if _LOOKS_NUMERIC.fullmatch(labels[-1]) or len(host) > 253 or not all(_NAME.fullmatch(label) for label in labels):
        raise NotAllowed(_("The host of this address is not a name."))
    return host


def _literal(host: str) -> Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None
