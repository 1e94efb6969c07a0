"""Records what leads did, each message once."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from leads.dimensions import Dimensions
from leads.identity import Match, People, Touch
from leads.models import Activity, ActivityProperties, ActivityType, Lead
from leads.normalise import Refusal
from leads.parsing import Message, ParsedActivity, Repetition


def known_messages(messages: Iterable[Message]) -> dict[uuid.UUID, int]:
    """The digests of messages that are stored already. Asked before the leads are looked up: the lead of a stored
    message is then certainly found. A message stored later fails on its unique key, and the batch is done again."""
    keys = [message.key for message in messages]
    return dict(Activity.objects.filter(message_key__in=keys).values_list("message_key", "digest"))


def types_in_use() -> dict[str, ActivityType]:
    """The activity types that are taken, by key."""
    return {row.key: row for row in ActivityType.objects.filter(is_active=True)}


def record_activities(
    parsed: Sequence[ParsedActivity | Repetition | Refusal],
    *,
    known: dict[uuid.UUID, int],
    people: People,
    now: datetime,
) -> list[Match | Refusal]:
    """Inserts the activities that are new. Returns whose each is, in the order in which they came."""
    matches: list[Match | Refusal] = []
    fresh: list[tuple[ParsedActivity, Lead]] = []
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


def _insert(fresh: Sequence[tuple[ParsedActivity, Lead]], *, names: Dimensions, now: datetime) -> None:
    rows = [
        Activity(
            lead=lead,
            type=parsed.type,
            occurred_at=parsed.occurred_at,
            received_at=now,
            page_id=names.page(parsed.page),
            asset_id=names.asset(parsed.asset),
            campaign_id=names.campaign(parsed.campaign),
            channel_id=names.channel(parsed.channel),
            visit=parsed.visit,
            seconds=parsed.seconds,
            machine=parsed.machine,
            message_key=parsed.message.key,
            digest=parsed.message.digest,
        )
        for parsed, lead in fresh
    ]
    Activity.objects.bulk_create(rows, batch_size=1000)
    ActivityProperties.objects.bulk_create(
        [
            ActivityProperties(
                activity=row,
                message_id=parsed.message.id,
                properties=dict(parsed.properties),
                corrections=list(parsed.corrections),
            )
            for row, (parsed, _lead) in zip(rows, fresh, strict=True)
            if parsed.properties or parsed.corrections
        ],
        batch_size=1000,
    )
