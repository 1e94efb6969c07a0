"""The ranges of data centres and mail gateways that come with Baton: facts their owners publish, as of a day.

They change weekly and are never changed at run time, so each process reads the file once. What
`import_data_centres` brings of an owner takes the place of what is here of the same name.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = Path(__file__).with_name("data_centre_ranges.txt")
_OWNER: Final = re.compile(r"\[(.+)\] (\S+) (.+)")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Shipped(NamedTuple):
    """What is known of one owner: since when, from where, and the ranges, which neither touch nor overlap."""

    read_on: date
    source: str
    ranges: list[Network]


@cache
def shipped_ranges() -> Mapping[str, Shipped]:
    """By the name of the owner."""
    owners: dict[str, Shipped] = {}
    ranges: list[Network] = []
    for line in FILE.read_text(encoding="ascii").splitlines():
        if heading := _OWNER.fullmatch(line):
            name, day, source = heading.groups()
            ranges = []
            owners[name] = Shipped(date.fromisoformat(day), source, ranges)
        elif line and not line.startswith("#"):
            ranges.append(ipaddress.ip_network(line))
    return owners
