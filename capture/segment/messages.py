"""Reads one Segment message: who it is about, what happened and where, with everything storable and bounded."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from django.utils.translation import gettext as _

from capture.tracking.visitors import visitor_key
from leads.normalise import Refusal
from lib.text import storable

LARGEST_MESSAGE: Final = 32_000
LONGEST_ID: Final = 100
LONGEST_NAME: Final = 200
_LONGEST_URL: Final = 2_000
_LONGEST_CAMPAIGN: Final = 200
Type = Literal["identify", "track", "page", "screen", "group", "alias"]
TYPES: Final = frozenset({"identify", "track", "page", "screen", "group", "alias"})
# How far a sender is believed about who a visitor is: a page of the site, a program with the write key (which stands
# in those pages), or one with the server key.
BROWSER: Final = "browser"
WRITE_KEY: Final = "write key"
SERVER: Final = "server"


@dataclass(slots=True)
class Message:
    """One message. Texts are empty where nothing is said; `properties` are those of an event, `traits` of a person, or
    of a company in a group."""

    type: Type
    id: str
    anonymous_id: str
    user_id: str
    email: str
    name: str
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]
    url: str
    referrer: str
    title: str
    campaign: Mapping[str, str]
    session: str
    consent: str
    token: str
    by: str
    ip: str
    user_agent: str
    gpc: bool
    dnt: bool
    marks: tuple[str, ...]
    occurred_at: str
    sent_at: str | None
    came_at: datetime

    @property
    def is_of_server(self) -> bool:
        return self.by == SERVER

    @property
    def account(self) -> str:
        """The visitor that stands for who uses this account, where no device is named; empty: nobody is named."""
        return f"user:{self.user_id or self.email}" if self.user_id or self.email else ""

    @property
    def visitor(self) -> str:
        """Whose device or, where none is named, whose account did it; empty: nobody's."""
        return visitor_key(self.anonymous_id) or self.account


def read_message(event: object, *, came_at: datetime) -> Message:
    """The message in an event as `capture.segment.stream.unfold` gives it. Raises Refusal."""
    whole = cast("dict[str, Any]", event)
    message, batch, facts = whole["message"], whole["batch"], whole["facts"]
    if not isinstance(message, dict):
        raise Refusal("not_an_object", "message", _("A message has to be an object."))
    if len(str(message)) > LARGEST_MESSAGE // 2 and len(json.dumps(message, ensure_ascii=False)) > LARGEST_MESSAGE:
        raise Refusal("event_too_large", "message", _("A message has at most 32,000 characters."))
    kind = message.get("type") or facts["type"]
    if kind not in TYPES:
        raise Refusal(
            "unknown_type", "type", _("“%(type)s” is no type of message.") % {"type": storable(str(kind)[:60])}
        )
    context = {**_object(batch.get("context")), **_object(message.get("context"))}
    page, properties = _object(context.get("page")), _object(message.get("properties"))
    traits = {**_object(context.get("traits")), **_object(message.get("traits"))}
    # What a page message says of the page goes before its context; of an event `url` may be that of a file.
    places = (page, properties) if kind == "track" else (properties, page)
    user_id = _id(message, "userId")
    email = _text(traits.get("email")) or (user_id if "@" in user_id else "")
    return Message(
        type=kind,
        id=_id(message, "messageId", most=LONGEST_NAME) or _id_of_content(message, came_at),
        # Who was called otherwise until now is whom an alias is about.
        anonymous_id=_id(message, "previousId" if kind == "alias" else "anonymousId"),
        user_id="" if "@" in user_id else user_id,
        email=email[:254],
        name=_text(message.get("event") if kind == "track" else message.get("name"))[:LONGEST_NAME],
        properties=properties,
        traits=traits,
        url=_first(places, "url", "path"),
        referrer=_first(places, "referrer"),
        title=_first(places, "title")[:LONGEST_NAME],
        campaign={name: _text(value)[:_LONGEST_CAMPAIGN] for name, value in _object(context.get("campaign")).items()},
        session=_text(context.get("sessionId")),
        consent=_text(context.get("consent")),
        token=_text(context.get("token")),
        by=facts["by"],
        ip=_text(context.get("ip")) if facts["by"] != BROWSER else facts["ip"],
        user_agent=_text(context.get("userAgent")) or (facts["userAgent"] if facts["by"] == BROWSER else ""),
        gpc=facts["gpc"],
        dnt=facts["dnt"],
        marks=tuple(_text(mark)[:50] for mark in _list(context.get("marks"))),
        occurred_at=_text(message.get("timestamp") or message.get("originalTimestamp")),
        sent_at=_text(message.get("sentAt") or batch.get("sentAt")) or None,
        came_at=came_at,
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:20] if isinstance(value, list) else []


def _first(sources: Sequence[Mapping[str, Any]], *names: str) -> str:
    """The first text that is said under one of the names."""
    return next((text for source in sources for name in names if (text := _text(source.get(name)))), "")


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return storable(str(value)).strip()[:_LONGEST_URL]


def _id_of_content(message: Mapping[str, Any], came_at: datetime) -> str:
    """The same for a message that comes again with its moment; without one, each that comes is another."""
    moment = "" if message.get("timestamp") else came_at.isoformat()
    return hashlib.sha256(json.dumps([message, moment], sort_keys=True).encode()).hexdigest()[:32]


def _id(message: Mapping[str, Any], name: str, *, most: int = LONGEST_ID) -> str:
    """An id as it was sent: refused, not cut, when it is too long to be told from another."""
    text = _text(message.get(name))
    if len(text) > most:
        raise Refusal(
            "too_long", name, _("%(field)s has more than %(most)s characters.") % {"field": name, "most": most}
        )
    return text
