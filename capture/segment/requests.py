"""What a request with Segment messages holds, checked as far as it has to be before it is acknowledged."""

import json
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from capture.models import Site
from lib.bodies import BodyRefused
from lib.client import client_address, client_network
from lib.limits import is_within
from lib.strict_json import BadJSON, loads

# As Segment's own: a request of 500 kB, messages of 32 kB.
LARGEST_REQUEST: Final = 500_000
MOST_MESSAGES: Final = 2_500
_LONGEST_AGENT: Final = 512


class Sent(NamedTuple):
    """The body as text, what it says, and how many messages there are in it."""

    text: str
    body: dict[str, Any]
    messages: int


def read_sent(body: bytes) -> Sent:
    """One message, or {"batch": [message, ...]}; raises BodyRefused."""
    try:
        value = loads(body)
    except BadJSON as error:
        raise BodyRefused(400, error.code, str(error)) from error
    if not isinstance(value, dict):
        raise BodyRefused(400, "not_an_object", "Send one message as a JSON object, or a batch of them.")
    batch = value.get("batch", [value])
    if not isinstance(batch, list) or not batch:
        raise BodyRefused(400, "no_messages", "The batch has to be a list of messages.")
    if len(batch) > MOST_MESSAGES:
        raise BodyRefused(400, "too_many_messages", f"A batch has at most {MOST_MESSAGES:,} messages.")
    return Sent(body.decode("utf-8-sig"), value, len(batch))


def raw_of(sent: Sent, request: HttpRequest, *, by: str, kind: str = "") -> str:
    """What the inbox keeps of a request: the body as it came, and what the request itself tells.

    `by` says how far it is believed (`capture.segment.stream.Facts`); `kind` is the type of a single message that does
    not say it.
    """
    meta = request.META
    facts = {
        "by": by,
        "type": kind,
        "ip": client_address(request),
        "userAgent": meta.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT],
        "gpc": meta.get("HTTP_SEC_GPC") == "1",
        "dnt": meta.get("HTTP_DNT") == "1",
    }
    return f'{{"facts": {json.dumps(facts)}, "body": {sent.text}}}'


def is_within_limit(site: Site, request: HttpRequest) -> bool:
    """Whether the sender may send on. Nobody is refused while nobody can count: what is tracked is not lost."""
    most = settings.COLLECTOR_REQUESTS_A_MINUTE
    return is_within(f"collector:{site.pk}", client_network(request), most=most, seconds=60, without_redis=True)
