"""Where the machines of data centres are: the ranges that come with Baton, and those that were imported or written.

A visit from one is a program's. Who works through a company's gateway in a data centre is overruled on the lead's page,
or the gateway's range is written down as one through which people come: that goes before all others.
"""

import ipaddress
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from django.db import transaction

from capture.models import DataCentreRange
from capture.shipped_ranges import Network, shipped_ranges
from lib.process_cache import ProcessCache

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
    known = _KNOWN.get()
    if _is_within(known.of_people, parsed):
        return False
    return _is_within(known.of_programs, parsed) or any(
        _is_within(bounds, parsed) for owner, bounds in _shipped().items() if owner not in known.owners
    )


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
    DataCentreRange.objects.filter(owner=owner, has_people=False).delete()
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


# First and last address of each range, ascending, by IP version; ranges that touch or overlap are one.
Bounds = dict[int, tuple[list[int], list[int]]]


class _Known(NamedTuple):
    """What this installation knows itself; of these owners nothing counts that came with Baton."""

    of_people: Bounds
    of_programs: Bounds
    owners: frozenset[str]


def _is_within(bounds: Bounds, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    firsts, lasts = bounds[address.version]
    place = bisect_right(firsts, int(address)) - 1
    return place >= 0 and int(address) <= lasts[place]


def _read() -> _Known:
    rows = list(DataCentreRange.objects.order_by("pk"))
    return _Known(
        _bounds(ipaddress.ip_network(row.network) for row in rows if row.has_people),
        _bounds(ipaddress.ip_network(row.network) for row in rows if not row.has_people),
        frozenset(row.owner for row in rows if not row.has_people),
    )


@cache
def _shipped() -> dict[str, Bounds]:
    return {owner: _bounds(one.ranges) for owner, one in shipped_ranges().items()}


def _bounds(networks: Iterable[Network]) -> Bounds:
    by_version: dict[int, list[Any]] = {4: [], 6: []}
    for network in networks:
        by_version[network.version].append(network)
    whole = {version: sorted(ipaddress.collapse_addresses(some)) for version, some in by_version.items()}
    return {
        version: ([int(one.network_address) for one in some], [int(one.broadcast_address) for one in some])
        for version, some in whole.items()
    }


_KNOWN: Final = ProcessCache(_read)
