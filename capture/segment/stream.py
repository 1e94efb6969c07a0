"""Segment messages, from the script of a site or from a client of Segment's, on their way through the door."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from capture.streams import Event, Stream, register
from leads.events import Agent
from leads.inputs import Taken
from leads.normalise import Refusal

# How far a sender is believed about who a visitor is: a page of the site, a program with the write key (which stands
# in those pages), or one with the server key.
BROWSER: Final = "browser"
WRITE_KEY: Final = "write key"
SERVER: Final = "server"


def unfold(raw: dict[str, Any]) -> list[object]:
    """The messages of a request, each with what the request says of all of them."""
    body, facts = raw["body"], raw["facts"]
    batch = body.get("batch", [body])
    shared = {"sentAt": body.get("sentAt"), "context": body.get("context")} if "batch" in body else {}
    return [{"message": message, "batch": shared, "facts": facts} for message in batch]


def take(
    events: Sequence[Event], *, agent: Agent, source: str, system: str, now: datetime
) -> list[Taken | Refusal | None]:
    """Each message as of the moment it came."""
    unmapped = Refusal("unmapped", "event", _("Nothing says yet what this event is."))
    return [unmapped for _event in events]


SEGMENT: Final = register(Stream(key="segment", unfold=unfold, take=take))
