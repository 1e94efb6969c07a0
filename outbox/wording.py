"""What is told in words, as its reader may have it now: the same in bell, mail and chat."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from lib.zones import organisation_zone, zone_of
from outbox.kinds import Facts, SubjectType, kind_of
from outbox.models import Delivery, Notice

Told = Notice | Delivery


def facts_now(rows: Iterable[Told], reader: User | None) -> dict[int, Facts]:
    """The facts of each row, frozen and looked at again, by its key; none of what the reader may not see any more.

    One statement for each type of subject, however many rows there are.
    """
    rows = list(rows)
    keys: dict[SubjectType, set[str]] = {}
    for row in rows:
        subjects = kind_of(row.kind).subjects
        if subjects is not None:
            keys.setdefault(subjects, set()).add(row.subject)
    looked = {subjects: subjects.look(wanted, reader) for subjects, wanted in keys.items()}
    facts: dict[int, Facts] = {}
    for row in rows:
        subjects = kind_of(row.kind).subjects
        if subjects is None:
            facts[row.pk] = row.facts
        elif row.subject in looked[subjects]:
            facts[row.pk] = {**row.facts, **looked[subjects][row.subject]}
    return facts


def words_of(told: Told, facts: Facts) -> dict[str, object]:
    """What templates say of it, in the time zone in force."""
    return kind_of(told.kind).words(facts)


def sentence(told: Told, facts: Facts) -> str:
    """The news in one line without a full stop, in the time zone in force, as its reader is to read it."""
    kind = kind_of(told.kind)
    return kind.says(kind.words(facts), is_holder=facts.get("holder_id") == told.recipient_id)


def address_of(told: Told) -> str:
    """The page it is about, with the host, for what is read elsewhere."""
    return f"{settings.BASE_URL}{told.path}"


def in_time_zone_of(user: User | None) -> AbstractContextManager[None]:
    """Moments are said in the reader's zone; in a channel, in the organisation's."""
    return timezone.override(zone_of(user.time_zone) if user else organisation_zone())
