"""Records what leads did, each message once."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from leads.dimensions import Dimensions
from leads.identity import Match, People
from leads.lead_row import LeadRow
from leads.models import Activity, ActivityProperties, ActivityType
from leads.normalise import Refusal
from leads.parsing import Message, ParsedActivity, Repetition
from leads.touches import Touch
from leads.writing import insert
from lib.arrays import array_literal
from lib.process_cache import ProcessCache

_COLUMNS: Final = (
    "lead_id", "type_id", "occurred_at", "received_at", "page_id", "asset_id", "campaign_id", "channel_id", "visit",
    "seconds", "machine", "message_key", "digest",
)  # fmt: skip

_KNOWN: Final = "SELECT message_key, digest FROM leads_activity WHERE message_key = ANY(%s::uuid[])"
_TYPES: Final = ProcessCache(lambda: {row.key: row for row in ActivityType.objects.filter(is_active=True)})


def known_messages(messages: Iterable[Message]) -> dict[uuid.UUID, int]:
    """The digests of messages that are stored already. Asked before the leads are looked up: the lead of a stored
    message is then certainly found. A message stored later fails on its unique key, and the batch is done again."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [array_literal(message.key for message in messages)])
        return dict(cursor.fetchall())


def types_in_use() -> Mapping[str, ActivityType]:
    """The activity types that are taken, by key."""
    return _TYPES.get()


def record_activities(
    parsed: Sequence[ParsedActivity | Repetition | Refusal],
    *,
    known: dict[uuid.UUID, int],
    people: People,
    now: datetime,
) -> list[Match | Refusal]:
    """Inserts the activities that are new. Returns whose each is, in the order in which they came."""
    matches: list[Match | Refusal] = []
    fresh: list[tuple[ParsedActivity, LeadRow]] = []
    for item in parsed:
        if isinstance(item, Refusal):
            matches.append(item)
            continue
        try:
            if isinstance(item, Repetition) or item.message.key in known:
                matches.append(_repetition(item, known=known, people=people))
                continue
            match = _take(item, people=people)
        except Refusal as refusal:
            matches.append(refusal)
            continue
        known[item.message.key] = item.message.digest
        fresh.append((item, match.person.lead))
        matches.append(match)
    people.insert_new()
    _insert(fresh, names=people.names, now=now)
    return matches


def _repetition(item: ParsedActivity | Repetition, *, known: Mapping[uuid.UUID, int], people: People) -> Match:
    identity = item.identity if isinstance(item, Repetition) else item.lead.identity
    person = people.find(identity)
    if person is None or known[item.message.key] != item.message.digest:
        raise Refusal("id_conflict", "message_id", _("Another activity was sent under this message id."))
    return Match(person, "duplicate")


def _take(parsed: ParsedActivity, *, people: People) -> Match:
    """Whose the activity is; raises Refusal before the lead is started or changed."""
    at = parsed.occurred_at
    # A program's visit is no touch: it must not move the source a person came from.
    touch = None if parsed.machine else Touch(at, parsed.channel, parsed.campaign, parsed.page)
    match = people.take(parsed.lead, created_at=parsed.lead.created_at or at, touch=touch)
    match.person.has_acted = True
    return match


def _insert(fresh: Sequence[tuple[ParsedActivity, LeadRow]], *, names: Dimensions, now: datetime) -> None:
    if not fresh:
        return
    insert(
        Activity,
        _COLUMNS,
        [
            (
                lead.pk,
                parsed.type.pk,
                parsed.occurred_at,
                now,
                names.page(parsed.page),
                names.asset(parsed.asset),
                names.campaign(parsed.campaign),
                names.channel(parsed.channel),
                parsed.visit,
                parsed.seconds,
                int(parsed.machine),
                parsed.message.key,
                parsed.message.digest,
            )
            for parsed, lead in fresh
        ],
    )
    _insert_the_rest({one.message.key: one for one, _lead in fresh if one.properties or one.corrections})


def _insert_the_rest(parsed: Mapping[uuid.UUID, ParsedActivity]) -> None:
    if not parsed:
        return
    ids = Activity.objects.filter(message_key__among=parsed).values_list("message_key", "pk")
    insert(
        ActivityProperties,
        ("activity_id", "message_id", "properties", "corrections"),
        [
            (pk, parsed[key].message.id, json.dumps(dict(parsed[key].properties)), json.dumps(parsed[key].corrections))
            for key, pk in ids
        ],
    )
