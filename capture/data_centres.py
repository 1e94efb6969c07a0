"""Where the machines of data centres are: ranges of addresses that their owners publish, imported by a command.

None is known at first. A visit from one is a program's; who works through a company's gateway in a data centre is
overruled on the lead's page, or its range is taken out.
"""

import ipaddress
import json
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction

from capture.models import DataCentreRange
from lib.process_cache import ProcessCache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A published list has up to some ten thousand ranges.
MOST_RANGES: Final = 200_000


class NoRanges(ValueError):
    """Nothing in the file is a range of addresses."""


def is_in_data_centre(address: str) -> bool:
    """Whether this IP address is in a known range; what is no address is in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    firsts, lasts = _KNOWN.get()[parsed.version]
    place = bisect_right(firsts, int(parsed)) - 1
    return place >= 0 and int(parsed) <= lasts[place]


def read_ranges(text: str) -> list[Network]:
    """The ranges in what a data centre publishes: JSON in which they stand anywhere, or lines that begin with one.

    Raises NoRanges.
    """
    try:
        words = _texts(json.loads(text))
    except json.JSONDecodeError:
        words = (line.partition(",")[0].partition("#")[0].strip() for line in text.splitlines())
    ranges = list(dict.fromkeys(network for word in words if (network := _network(word))))
    if not ranges or len(ranges) > MOST_RANGES:
        raise NoRanges
    return ranges


@transaction.atomic
def replace_ranges(*, owner: str, ranges: list[Network]) -> int:
    """What this owner publishes now is known instead of what it published before. Returns how many are known."""
    DataCentreRange.objects.filter(owner=owner).delete()
    rows = [DataCentreRange(owner=owner, network=str(network)) for network in ranges]
    DataCentreRange.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)
    return DataCentreRange.objects.filter(owner=owner).count()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _network(text: str) -> Network | None:
    if "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


Bounds = tuple[list[int], list[int]]


def _read() -> dict[int, Bounds]:
    """First and last address of each range, by IP version; ranges that touch or overlap are one."""
    known: dict[int, list[Any]] = {4: [], 6: []}
    for text in DataCentreRange.objects.order_by("pk").values_list("network", flat=True):
        network = ipaddress.ip_network(text)
        known[network.version].append(network)
    return {version: _bounds(networks) for version, networks in known.items()}


def _bounds(networks: list[Any]) -> Bounds:
    whole = sorted(ipaddress.collapse_addresses(networks))
    return [int(one.network_address) for one in whole], [int(one.broadcast_address) for one in whole]


_KNOWN: Final = ProcessCache(_read)
