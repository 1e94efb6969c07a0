"""What a message says somebody did, as an event of the API."""

import uuid
from collections.abc import Container
from typing import Any, Final

from django.utils.translation import gettext as _

from capture.channel_rules.arrivals import Arrival, arrival
from capture.channel_rules.matching import channel_of
from capture.segment.event_names import IGNORED, Meanings, squeezed
from capture.segment.messages import BROWSER, Message
from capture.sites.origins import host_of
from leads.models import ARRIVAL
from leads.normalise import Refusal
from lib.text import storable

# The namespace of visits whose sender calls them otherwise than by a UUID.
_VISITS: Final = uuid.UUID("2f1d6e0c-6d0f-4c53-8f47-3a1f0f6f9b0e")
_ASSETS: Final = (
    "asset", "asset_name", "file", "fileName", "file_name", "filename", "resource", "content_name", "form", "formName",
    "form_name", "formId", "form_id", "webinar", "video",
)  # fmt: skip
# Where the name of an event's own is that of what was read, watched or attended.
_NAMED: Final = ("name", "title", "label")
_OF_CONTENT: Final = frozenset(
    {"download", "video_watched", "webinar_registered", "webinar_attended", "event_attended"}
)
_MOST_SECONDS: Final = 86_400
LONGEST_ASSET: Final = 150
LONGEST_PAGE: Final = 500


def activity_of(message: Message, *, meanings: Meanings, own_hosts: Container[str]) -> dict[str, Any] | None:
    """The event without its lead; None for what is known and of no use. Raises Refusal when nothing says what it is."""
    kind = _type_of(message, meanings)
    if kind == IGNORED:
        return None
    came = _arrival(message, own_hosts)
    event: dict[str, Any] = {
        "message_id": message.id,
        "type": kind,
        "occurred_at": message.occurred_at or None,
        "sent_at": message.sent_at if message.occurred_at else None,
        "page": _page(message),
        "asset": _asset(message, kind),
        "campaign": message.campaign.get("name", "")[:100],
        "channel": channel_of(came),
        "visit": _visit(message),
        "seconds": _seconds(message.properties.get("seconds")),
        "properties": _properties(message, came),
    }
    return {name: value for name, value in event.items() if value not in (None, "", {})}


def _type_of(message: Message, meanings: Meanings) -> str:
    if message.type in ("page", "screen"):
        return "page_view"
    meaning = meanings.of(squeezed(message.name)) if message.name else None
    if meaning is None:
        raise Refusal("unmapped", "event", _("Nothing says yet what “%(name)s” is.") % {"name": message.name})
    return meaning


def _page(message: Message) -> str:
    if message.type == "screen":
        return (message.name or message.url)[:LONGEST_PAGE]
    name = message.name if message.type == "page" else ""
    # Without query and fragment it is not longer than what is kept.
    return (message.url or name).partition("#")[0].partition("?")[0][:LONGEST_PAGE]


def _arrival(message: Message, own_hosts: Container[str]) -> Arrival | None:
    """Where a visit came from. Of an event of a server nothing is known unless it says so."""
    is_told = message.campaign or message.referrer or (message.by == BROWSER and message.type == "page")
    if not is_told:
        return None
    is_inside = host_of(message.referrer) in own_hosts
    return arrival(
        address=message.url, referrer=message.url if is_inside else message.referrer, campaign=message.campaign
    )


def _asset(message: Message, kind: str) -> str:
    names = (*_ASSETS, *(_NAMED if kind in _OF_CONTENT else ()))
    values = (message.properties.get(name) for name in names)
    text = next((storable(value).strip() for value in values if isinstance(value, str) and value.strip()), "")
    return text[:LONGEST_ASSET]


def _visit(message: Message) -> str | None:
    if not message.session:
        return None
    try:
        return str(uuid.UUID(message.session))
    except ValueError:
        return str(uuid.uuid5(_VISITS, f"{message.visitor}\x00{message.session}"))


def _seconds(value: Any) -> int | None:
    if isinstance(value, float) and value == value // 1:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return min(value, _MOST_SECONDS)


def _properties(message: Message, came: Arrival | None) -> dict[str, Any]:
    """What the sender says of an event, its name, and where the visit came from."""
    sent = dict(message.properties) if message.type == "track" else {}
    more: dict[str, Any] = {
        "event": message.name if message.type == "track" else "",
        "title": message.title,
        **{f"utm_{name}": message.campaign.get(name, "") for name in ("term", "content")},
    }
    # Also of a visit from nowhere, of which there is nothing to say.
    came_by = {ARRIVAL: came.stored()} if came is not None and message.type == "page" else {}
    return {**sent, **{name: value for name, value in more.items() if value}, **came_by}
