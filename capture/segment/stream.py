"""Segment messages as a stream of the inbox, from the script of a site or from a client of Segment's."""

from typing import Any, Final

from capture.segment.taking import take
from capture.streams import Stream, register


def unfold(raw: dict[str, Any]) -> list[object]:
    """The messages of a request, each with what the request says of all of them."""
    body, facts = raw["body"], raw["facts"]
    batch = body.get("batch", [body])
    shared = {"sentAt": body.get("sentAt"), "context": body.get("context")} if "batch" in body else {}
    return [{"message": message, "batch": shared, "facts": facts} for message in batch]


def without_sender(event: dict[str, Any]) -> dict[str, Any]:
    """The message without the address it came from, which is looked at when it is taken and kept nowhere."""
    message = event["message"]
    if isinstance(message, dict) and isinstance(message.get("context"), dict):
        message = {**message, "context": {name: value for name, value in message["context"].items() if name != "ip"}}
    return {**event, "message": message, "facts": {**event["facts"], "ip": ""}}


SEGMENT: Final = register(Stream(key="segment", unfold=unfold, take=take, without_sender=without_sender))
