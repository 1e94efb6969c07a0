"""Reads one event of the API into an ActivityInput, or says which field is wrong."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from capture.machines import verdict
from leads.api.offered_fields import not_taken
from leads.inputs import ActivityInput, LeadInput
from leads.normalise import Refusal, parse_moment
from lib.text import is_storable, storable

LARGEST_EVENT: Final = 32_000
MOST_KEYS: Final = 255
LONGEST_KEY: Final = 128
DEEPEST_PROPERTIES: Final = 8
# The largest that their columns hold.
MOST_EMPLOYEES: Final = 2**31 - 1
LARGEST_BUDGET: Final = 2**63 - 1
# A sender's clock that is off by less than this is taken as right.
_SKEW: Final = timedelta(minutes=1)
# What lies ahead by less becomes now without a remark.
_TOLERATED: Final = timedelta(minutes=5)
_EVENT_TEXTS: Final = ("page", "asset", "campaign", "channel")
_LEAD_TEXTS: Final = (
    "email", "external_id", "first_name", "last_name", "phone", "job_title", "company", "company_domain",
    "industry", "country", "city",
)  # fmt: skip
_EVENT_KEYS: Final = {
    "message_id", "type", "lead", "occurred_at", "sent_at", "visit", "seconds", "is_machine", "user_agent",
    "ip", "delivered_at", "properties", *_EVENT_TEXTS,
}  # fmt: skip
_LEAD_CUSTOM: Final = ("custom", "company_custom")
_LEAD_KEYS: Final = {*_LEAD_TEXTS, *_LEAD_CUSTOM, "employees", "budget", "is_decision_maker"}
# Decided in Baton: sending them is an error of its own, so that nobody believes they were taken.
_READ_ONLY: Final = {
    "id", "public_id", "external_system", "stage", "status", "owner", "first_mql_at", "last_mql_at", "mql_count",
    "sal_at", "sql_at", "opportunity_at", "customer_at", "recycle_count", "first_channel", "last_channel", "created_at",
}  # fmt: skip


def read_activity(event: object, *, system: str, now: datetime) -> ActivityInput:
    """The event as intake takes it, with ids of that system; raises Refusal naming the field."""
    event = _object(event, "event", _EVENT_KEYS)
    # JSON is at most twice as long as what Python writes, which is written in half the time.
    if len(str(event)) > LARGEST_EVENT // 2 and len(json.dumps(event, ensure_ascii=False)) > LARGEST_EVENT:
        raise Refusal("event_too_large", "event", _("An event has at most 32,000 characters."))
    occurred_at, corrections = _moment(event, now=now)
    properties, repaired = _properties(event.get("properties"))
    return ActivityInput(
        message_id=_text(event, "message_id", needed=True),
        type=_text(event, "type", needed=True),
        lead=read_lead(event.get("lead"), system=system, prefix="lead."),
        occurred_at=occurred_at,
        visit=_uuid(event.get("visit"), "visit"),
        seconds=_whole(event.get("seconds"), "seconds", 86_400),
        machine=verdict(
            declared=_boolean(event.get("is_machine"), "is_machine") or False,
            user_agent=_text(event, "user_agent"),
            address=_text(event, "ip"),
            since_delivery=_since_delivery(event, occurred_at, now=now),
            is_open=event.get("type") == "email_opened",
        ),
        properties=properties,
        corrections=(*corrections, *(["sanitized"] if repaired else [])),
        **{name: _text(event, name) for name in _EVENT_TEXTS if name in event},
    )


def read_lead(value: object, *, system: str, prefix: str = "") -> LeadInput:
    """What an object says about a lead; raises Refusal naming the field, with `prefix` before its name."""
    lead = _object(value, prefix.rstrip(".") or "lead", _LEAD_KEYS)
    texts: dict[str, Any] = {name: _text(lead, name) for name in _LEAD_TEXTS if name in lead}
    try:
        custom: dict[str, Any] = {name: _custom(lead[name], name) for name in _LEAD_CUSTOM if name in lead}
        return LeadInput(
            employees=_whole(lead.get("employees"), "employees", MOST_EMPLOYEES),
            budget=_whole(lead.get("budget"), "budget", LARGEST_BUDGET),
            is_decision_maker=_boolean(lead.get("is_decision_maker"), "is_decision_maker"),
            system=system,
            **texts,
            **custom,
        )
    except Refusal as refusal:
        raise Refusal(refusal.code, prefix + refusal.field, refusal.message) from refusal


def _object(value: object, field: str, known: set[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Refusal("not_an_object", field, _("%(field)s has to be an object.") % {"field": field})
    if not value.keys() <= known:
        unknown = sorted(value.keys() - known)
        name = storable(unknown[0][:60])
        if unknown[0] in _READ_ONLY | not_taken():
            raise Refusal("read_only_field", name, _("%(field)s is decided here, it cannot be sent.") % {"field": name})
        raise Refusal(
            "unknown_field",
            name,
            _("%(field)s is no field here. Known: %(known)s.") % {"field": name, "known": ", ".join(sorted(known))},
        )
    return value


def _custom(value: object, field: str) -> Mapping[str, object]:
    """Values of custom fields as they are said; what they mean is read with the lead."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refusal("not_an_object", field, _("%(field)s has to be an object.") % {"field": field})
    return value


def _text(source: Mapping[str, object], name: str, *, needed: bool = False) -> str:
    value = source.get(name)
    if value is None or value == "":
        if needed:
            raise Refusal("required", name, _("%(field)s is missing.") % {"field": name})
        return ""
    if not isinstance(value, str):
        raise Refusal("not_text", name, _("%(field)s has to be text.") % {"field": name})
    return value


def _whole(value: object, name: str, largest: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise Refusal(
            "invalid_number",
            name,
            _("%(field)s has to be a whole number from 0 to %(largest)s.") % {"field": name, "largest": f"{largest:,}"},
        )
    return value


def _boolean(value: object, name: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise Refusal("not_boolean", name, _("%(field)s has to be true or false.") % {"field": name})
    return value


def _uuid(value: Any, name: str) -> uuid.UUID | None:
    if value is None:
        return None
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise Refusal("invalid_uuid", name, _("%(field)s has to be a UUID.") % {"field": name}) from error


def _since_delivery(event: Mapping[str, object], occurred_at: datetime, *, now: datetime) -> float | None:
    """Seconds from the moment a mail was delivered, where the sender says it."""
    text = _text(event, "delivered_at")
    if not text:
        return None
    return (occurred_at - parse_moment(text, now=now, field="delivered_at")).total_seconds()


def _moment(event: Mapping[str, object], *, now: datetime) -> tuple[datetime, list[str]]:
    """When it happened, corrected by the sender's clock when `sent_at` shows that it is wrong (Snowplow's rule:
    received - (sent - occurred)), and never later than now."""
    text = _text(event, "occurred_at")
    if not text:
        return now, ["occurred_at: not sent, the time of arrival was taken"]
    corrections = []
    if event.get("sent_at") is None:
        moment = parse_moment(text, now=now)
    else:
        far = now + timedelta(days=36_500)
        occurred = parse_moment(text, now=far)
        sent = parse_moment(_text(event, "sent_at"), now=far, field="sent_at")
        if abs(now - sent) > _SKEW:
            corrections.append(f"occurred_at: {text[:40]} moved by the sender's clock")
            occurred = now - (sent - occurred)
        moment = parse_moment(occurred.isoformat(), now=now)
    if moment > now:
        if moment - now > _TOLERATED:
            corrections.append(f"occurred_at: {text[:40]} lies ahead, the time of arrival was taken")
        moment = now
    if "T" in text and datetime.fromisoformat(text.strip()).tzinfo is None:
        corrections.append("occurred_at: no time zone, UTC was taken")
    return moment, corrections


def _properties(value: object) -> tuple[Mapping[str, object], bool]:
    if value is None:
        return {}, False
    if not isinstance(value, dict):
        raise Refusal("not_an_object", "properties", _("properties has to be an object."))
    if len(value) > MOST_KEYS:
        raise Refusal("too_many_keys", "properties", _("properties has at most %(most)s keys.") % {"most": MOST_KEYS})
    repairs: list[bool] = []
    return _repaired(value, DEEPEST_PROPERTIES, repairs.append), bool(repairs)


def _repaired(value: object, depth: int, tell: Callable[[bool], None]) -> Any:
    """The value with text that cannot be stored replaced; raises Refusal when it is nested too deep."""
    if depth < 0:
        raise Refusal(
            "too_deep", "properties", _("properties is nested at most %(most)s deep.") % {"most": DEEPEST_PROPERTIES}
        )
    if isinstance(value, str):
        if not is_storable(value):
            tell(True)
        return storable(value)
    if isinstance(value, list):
        return [_repaired(item, depth - 1, tell) for item in value]
    if isinstance(value, dict):
        if any(len(key) > LONGEST_KEY for key in value):
            raise Refusal(
                "key_too_long",
                "properties",
                _("A key of properties has at most %(most)s characters.") % {"most": LONGEST_KEY},
            )
        return {_repaired(key, 0, tell): _repaired(item, depth - 1, tell) for key, item in value.items()}
    return value
