"""Writes down who has to be told what, in the transaction that makes the news. Sending is sending.py's business."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from django.db import transaction
from django.db.models import CharField

from accounts.models import User
from lib.compiled_queries import CompiledQuery, Given, GivenKeys
from outbox.kinds import NewsKind
from outbox.models import Delivery, Notice, NoticeChoice
from outbox.told_together import first_try
from outbox.transports.base import transports

CHOICES: Final = CompiledQuery(
    lambda: NoticeChoice.objects.filter(kind=Given("kind", CharField()), user__among=GivenKeys("people"))
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What news is about: a key that the package whose news it is can find it by, and the path of its page."""

    key: str
    path: str


def enqueue(
    kind: NewsKind,
    subject: Subject,
    facts: Mapping[str, object],
    *,
    key: str,
    recipients: Iterable[User],
    now: datetime,
) -> None:
    """Tells these people by the bell and by each transport as they chose, and the team channels that want the kind.

    `facts` are frozen as they are. `key` names this piece of news among those of its kind: saying it twice tells it
    once. So many statements for one person as for a thousand.
    """
    people = list(recipients)
    keys = [person.pk for person in people]
    chosen = {choice.user_id: choice for choice in CHOICES.rows(kind=kind.key, people=keys)}

    def wants(person: User, way: str) -> bool:
        return bool(getattr(chosen.get(person.pk, kind), way))

    sent_from = first_try(kind, now=now)
    told = {"kind": kind.key, "subject": subject.key, "path": subject.path, "facts": dict(facts), "created_at": now}
    notices = [
        Notice(recipient=person, dedupe_key=f"{kind.key}:{key}:{person.pk}", **told)
        for person in people
        if wants(person, "by_bell")
    ]
    deliveries = {
        transport: [
            Delivery(
                transport=transport.key,
                recipient=address.recipient,
                webhook=address.webhook,
                dedupe_key=f"{kind.key}:{key}:{address.key}",
                next_try_at=sent_from,
                **told,
            )
            for address in transport.addresses(kind, people, wants)
        ]
        for transport in transports()
    }
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    Delivery.objects.bulk_create(chain.from_iterable(deliveries.values()), ignore_conflicts=True)
    for transport, rows in deliveries.items():
        if rows:
            transaction.on_commit(transport.hint, robust=True)
