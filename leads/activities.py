"""Records what leads did, each message once."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from leads.identity import People, Touch, is_usable
from leads.inputs import ActivityInput, Taken
from leads.machines import verdict
from leads.models import Activity, ActivityProperties, ActivityType
from leads.normalise import Refusal, clean, identifier
from lib.text import storable

# The namespace of message keys; changing it would make every old message new.
_MESSAGES: Final = uuid.UUID("6b8f2d0e-5a4c-4f5d-9a55-0d2c6d1f7c11")


def message_key(source: str, message_id: str) -> uuid.UUID:
    """16 bytes for (source, message id): the identity of an activity, for ever."""
    return uuid.uuid5(_MESSAGES, f"{source}\x00{message_id}")


def known_messages(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The digests of messages that are stored already. Asked before the leads are looked up: the lead of a stored
    message is then certainly found. A message stored later fails on its unique key, and the batch is done again."""
    return dict(Activity.objects.filter(message_key__in=keys).values_list("message_key", "digest"))


def types_in_use() -> dict[str, ActivityType]:
    """The activity types that are taken, by key."""
    return {row.key: row for row in ActivityType.objects.filter(is_active=True)}


def is_usable_activity(given: ActivityInput, types: dict[str, ActivityType]) -> bool:
    """Whether everything said can be used, about the lead too."""
    try:
        _checked(given, types)
    except Refusal:
        return False
    return is_usable(given.lead)


def record_activities(
    inputs: Sequence[ActivityInput],
    *,
    keys: Sequence[uuid.UUID],
    known: dict[uuid.UUID, int],
    types: dict[str, ActivityType],
    people: People,
    now: datetime,
) -> list[Taken | Refusal]:
    """Inserts the activities that are new; answers in the order of the inputs, with batch places for lead ids."""
    results: list[Taken | Refusal] = []
    fresh: list[tuple[Activity, ActivityInput, int]] = []
    for key, given in zip(keys, inputs, strict=True):
        try:
            digest = _digest(given)
            if key in known:
                results.append(_repetition(given, people, same=known[key] == digest))
                continue
            activity, taken = _activity(given, types=types, people=people, now=now)
        except Refusal as refusal:
            results.append(refusal)
            continue
        activity.message_key, activity.digest = key, digest
        known[key] = digest
        fresh.append((activity, given, taken.lead_id))
        results.append(taken)
    people.insert_started()
    _insert(fresh, people)
    return results


def _repetition(given: ActivityInput, people: People, *, same: bool) -> Taken | Refusal:
    place = people.place_of(given.lead)
    if not same or place is None:
        return Refusal("id_conflict", "message_id", _("Another activity was sent under this message id."))
    return Taken(place, "duplicate")


def _checked(given: ActivityInput, types: dict[str, ActivityType]) -> ActivityType:
    """The type, when the activity itself can be used; raises Refusal."""
    identifier(given.message_id, "message_id", 200)
    kind = types.get(given.type)
    if kind is None:
        raise Refusal(
            "unknown_type",
            "type",
            _("“%(type)s” is no activity type in use here.") % {"type": storable(given.type[:60])},
        )
    for name, limit in (("channel", 100), ("campaign", 100), ("page", 500), ("asset", 150)):
        clean(getattr(given, name), name, limit)
    return kind


def _activity(
    given: ActivityInput, *, types: dict[str, ActivityType], people: People, now: datetime
) -> tuple[Activity, Taken]:
    """The row to insert and what is answered; raises Refusal before the lead is started or changed."""
    kind = _checked(given, types)
    machine = verdict(declared=given.is_machine, user_agent=given.user_agent)
    # A program's visit is no touch: it must not move the source a person came from.
    touch = None if machine else Touch(given.occurred_at, given.channel, given.campaign, given.page)
    taken = people.take(given.lead, created_at=given.lead.created_at or given.occurred_at, touch=touch)
    people.score(taken.lead_id)
    activity = Activity(
        type=kind,
        occurred_at=given.occurred_at,
        received_at=now,
        page_id=people.names.page(given.page),
        asset_id=people.names.asset(given.asset),
        campaign_id=people.names.campaign(given.campaign),
        channel_id=people.names.channel(given.channel),
        visit=given.visit,
        seconds=given.seconds,
        machine=machine,
    )
    return activity, taken


def _insert(fresh: list[tuple[Activity, ActivityInput, int]], people: People) -> None:
    for activity, _given, place in fresh:
        activity.lead_id = people.lead_at(place).pk
    Activity.objects.bulk_create([activity for activity, _given, _place in fresh], batch_size=1000)
    ActivityProperties.objects.bulk_create(
        [
            ActivityProperties(
                activity=activity,
                message_id=given.message_id,
                properties=dict(given.properties),
                corrections=list(given.corrections),
            )
            for activity, given, _place in fresh
            if given.properties or given.corrections
        ],
        batch_size=1000,
    )


def _digest(given: ActivityInput) -> int:
    """64 bits of the content: what the sender said, not what intake made of it."""
    said = [
        given.type,
        given.lead.email.strip().lower(),
        given.lead.external_id.strip(),
        given.page,
        given.asset,
        given.campaign,
        given.channel,
        str(given.visit or ""),
        given.seconds,
        dict(given.properties),
    ]
    text = json.dumps(said, sort_keys=True, default=str, ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
