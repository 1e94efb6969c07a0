"""What a visit came with: all the rules look at, kept with its first activity, so that they can be run again.

An activity that begins a visit carries it in its properties under ARRIVAL, small and without what tells a person: names
of click ids, not the ids; the host of the referrer, not its address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from lib.text import storable

LONGEST: Final = 100
MOST_PARAMETERS: Final = 100
# Parameters that a click on something puts into the address. They are looked for, whatever the rules ask.
CLICK_IDS: Final = (
    "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "fbclid", "li_fat_id", "ttclid", "twclid", "rdt_cid",
    "sccid", "mc_eid", "epik", "igshid",
)  # fmt: skip
_TAGS: Final = ("source", "medium", "campaign")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a visit came from; all empty: nobody knows, as when an address is typed."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    # Names of parameters, not their values.
    click_ids: tuple[str, ...] = ()
    # The host of the site before, without www; empty where it is our own.
    referrer: str = ""
    is_own_mail: bool = False

    @property
    def is_tagged(self) -> bool:
        """Whether the address said where the visit comes from."""
        return bool(self.source or self.medium or self.campaign or self.click_ids or self.is_own_mail)

    def stored(self) -> dict[str, object]:
        """As an activity's properties hold it: what is not empty."""
        values = {
            "source": self.source,
            "medium": self.medium,
            "campaign": self.campaign,
            "click_ids": list(self.click_ids),
            "referrer": self.referrer,
            "is_own_mail": self.is_own_mail,
        }
        return {name: value for name, value in values.items() if value}


def stored_arrival(value: object) -> Arrival:
    """What `Arrival.stored` gave, or somebody sent in its place; what cannot be read is left out."""
    known = value if isinstance(value, Mapping) else {}
    texts = {name: _tag(known.get(name)) for name in (*_TAGS, "referrer")}
    names = known.get("click_ids")
    click_ids = tuple(name for name in CLICK_IDS if isinstance(names, list) and name in names)
    return Arrival(**texts, click_ids=click_ids, is_own_mail=known.get("is_own_mail") is True)


def arrival(
    *,
    address: str,
    referrer: str = "",
    campaign: Mapping[str, object] | None = None,
    is_own_mail: bool = False,
) -> Arrival | None:
    """What a page view says of where the visit comes from; None when it is a step within our own site.

    `address` and `referrer` are whole addresses, `campaign` is Segment's context.campaign (name, source, medium), which
    goes before the parameters of the address.
    """
    page = _split(address)
    parameters = {name.lower(): value for name, value in page.parameters}
    tags = campaign or {}
    before = _split(referrer).host
    is_inside = bool(before) and before == page.host
    arrived = Arrival(
        source=_tag(tags.get("source")) or _tag(parameters.get("utm_source")),
        medium=_tag(tags.get("medium")) or _tag(parameters.get("utm_medium")),
        campaign=_tag(tags.get("name")) or _tag(parameters.get("utm_campaign")),
        click_ids=tuple(name for name in CLICK_IDS if parameters.get(name)),
        referrer="" if is_inside else before[:LONGEST],
        is_own_mail=is_own_mail,
    )
    return None if is_inside and not arrived.is_tagged else arrived


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    parameters: list[tuple[str, str]]


def _split(address: str) -> _Address:
    """The host without www, and the parameters; of what is no address neither."""
    try:
        parts = urlsplit(storable(address.strip()))
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
        return _Address(host, parse_qsl(parts.query, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return _Address("", [])


def _tag(value: object) -> str:
    return storable(value).strip()[:LONGEST] if isinstance(value, str) else ""
