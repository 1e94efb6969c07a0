"""What people said of each purpose: written here, and the last word of each read.

The ledger is only added to. What holds is the last word by the moment it was said, so an old consent that is imported
late does not undo a withdrawal.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from leads.event_kinds import CHANGED, CONSENT_GIVEN, CONSENT_WITHDRAWN
from leads.events import Agent, Entry, record
from leads.lifecycle import locked
from leads.models import Consent, Lead, Purpose
from leads.models.consent import LONGEST_SOURCE
from leads.signals import leads_changed

# Of each lead, by id of the purpose.
LastWords = dict[tuple[int, int], Consent]


class UnknownPurpose(LookupError):
    """There is no purpose of that key."""


@dataclass(slots=True, kw_only=True)
class Word:
    """What one person says of one purpose."""

    lead_id: int
    # The key of the purpose.
    purpose: str
    is_given: bool
    # Where it was said, for people: "form Newsletter", "by phone". Cut to 200 characters.
    source: str
    # When; None, and what lies in the future: now.
    at: datetime | None = None
    # What was shown; None: the wording in force of what is given, nothing of what is withdrawn.
    wording: str | None = None
    note: str = ""


def give(*, lead_id: int, purpose: str, source: str, agent: Agent, now: datetime, note: str = "") -> bool:
    """The person agrees to the wording in force; returns whether that is news. Raises UnknownPurpose."""
    word = Word(lead_id=lead_id, purpose=purpose, is_given=True, source=source, note=note)
    return take_words([word], agent=agent, now=now)[0]


def withdraw(*, lead_id: int, purpose: str, source: str, agent: Agent, now: datetime, note: str = "") -> bool:
    """The person takes it back, or objects; returns whether that is news. Raises UnknownPurpose."""
    word = Word(lead_id=lead_id, purpose=purpose, is_given=False, source=source, note=note)
    return take_words([word], agent=agent, now=now)[0]


@transaction.atomic
def take_words(words: Sequence[Word], *, agent: Agent, now: datetime) -> list[bool]:
    """Adds what people said, locking their leads; returns of each word whether it was news.

    A word that is known, or that says nothing else than the one before it, is no news and changes nothing. Who has
    withdrawn every purpose that contacts them is not contacted at all (`do_not_contact`), until one is given again.
    Raises UnknownPurpose, and Lead.DoesNotExist, before anything is written.
    """
    purposes = {purpose.key: purpose for purpose in Purpose.objects.all()}
    for word in words:
        if word.purpose not in purposes:
            raise UnknownPurpose(word.purpose)
    leads = {lead.pk: lead for lead in locked(sorted({word.lead_id for word in words}))}
    if any(word.lead_id not in leads for word in words):
        raise Lead.DoesNotExist
    earlier = list(Consent.objects.filter(lead_id__in=leads).order_by("at", "pk"))
    last: LastWords = {(row.lead_id, row.purpose_id): row for row in earlier}
    known = {(row.lead_id, row.purpose_id, row.at, row.is_given) for row in earlier}
    before, fresh, is_news = dict(last), list[Consent](), list[bool]()
    for word in words:
        row = _row(word, purposes[word.purpose], agent=agent, now=now)
        key = (row.lead_id, row.purpose_id)
        news = (*key, row.at, row.is_given) not in known and not _repeats(last.get(key), row)
        is_news.append(news)
        if news:
            fresh.append(row)
            known.add((*key, row.at, row.is_given))
            if key not in last or last[key].at <= row.at:
                last[key] = row
    Consent.objects.bulk_create(fresh)
    record(_entries(fresh), agent=agent, now=now)
    contact = {purpose.pk for purpose in purposes.values() if purpose.is_contact}
    _follow(leads.values(), before=before, after=last, contact=contact, agent=agent, now=now)
    return is_news


def _row(word: Word, purpose: Purpose, *, agent: Agent, now: datetime) -> Consent:
    wording = (purpose.wording if word.is_given else "") if word.wording is None else word.wording
    return Consent(
        lead_id=word.lead_id,
        purpose=purpose,
        is_given=word.is_given,
        basis=purpose.basis,
        wording=wording,
        source=word.source[:LONGEST_SOURCE],
        note=word.note,
        at=min(word.at or now, now),
        recorded_at=now,
        actor=agent.user,
        agent=agent.name,
    )


def _repeats(last: Consent | None, row: Consent) -> bool:
    """Whether the row says again what was said last. Another wording is another consent."""
    if last is None or row.at < last.at or row.is_given != last.is_given:
        return False
    return not row.is_given or (row.wording, row.basis) == (last.wording, last.basis)


def _entries(rows: Iterable[Consent]) -> Iterator[Entry]:
    for row in rows:
        kind = CONSENT_GIVEN if row.is_given else CONSENT_WITHDRAWN
        data = {"purpose": row.purpose.key, "label": row.purpose.label, "source": row.source}
        yield Entry(lead_id=row.lead_id, kind=kind, at=row.at, text=row.note, data=data)


def _follow(
    leads: Iterable[Lead],
    *,
    before: LastWords,
    after: LastWords,
    contact: Collection[int],
    agent: Agent,
    now: datetime,
) -> None:
    """What the words mean for `do_not_contact`; a lead whose words about contact did not change keeps what it has."""
    changed = []
    for lead in leads:
        refused, refuses = (_refuses_contact(lead.pk, words, contact) for words in (before, after))
        if refuses not in (refused, lead.do_not_contact):
            lead.do_not_contact = refuses
            lead.save(update_fields=["do_not_contact"])
            changed.append(lead.pk)
    if changed:
        entries = [Entry(lead_id=pk, kind=CHANGED, at=now, data={"fields": ["do_not_contact"]}) for pk in changed]
        record(entries, agent=agent, now=now)
        leads_changed.send(sender=Lead, lead_ids=changed, active_ids=set(), now=now)


def _refuses_contact(lead_id: int, words: LastWords, contact: Collection[int]) -> bool:
    of_contact = [words.get((lead_id, purpose)) for purpose in contact]
    return bool(of_contact) and all(row is not None and not row.is_given for row in of_contact)


def is_given(lead_id: int, purpose: str) -> bool:
    """Whether the last word of the lead about the purpose of that key gives it."""
    return bool(given_among([lead_id], purpose))


def given_among(lead_ids: Collection[int], purpose: str) -> set[int]:
    """Those of the leads whose last word about the purpose of that key gives it, in one statement."""
    return {lead_id for (lead_id, _key), is_given in words_among(lead_ids, [purpose]).items() if is_given}


def withdrawn_among(lead_ids: Collection[int], purpose: str) -> set[int]:
    """Those of the leads whose last word about the purpose of that key takes it back: they objected."""
    return {lead_id for (lead_id, _key), is_given in words_among(lead_ids, [purpose]).items() if not is_given}


def words_among(lead_ids: Collection[int], purposes: Collection[str]) -> dict[tuple[int, str], bool]:
    """Whether the last word gives the purpose, by lead and key of the purpose; who said nothing is not in it.

    One statement; none for nobody.
    """
    if not lead_ids:
        return {}
    last = _last_words(lead_ids).filter(purpose__key__in=purposes)
    return {(lead_id, key): is_given for lead_id, key, is_given in last.values_list("lead", "purpose__key", "is_given")}


def standing(lead_id: int) -> list[tuple[Purpose, Consent | None]]:
    """Every purpose with the last word of the lead about it, if there is one; two statements."""
    last = {row.purpose_id: row for row in _last_words([lead_id])}
    return [(purpose, last.get(purpose.pk)) for purpose in Purpose.objects.all()]


def copy_words(*, from_lead_id: int, to_lead_id: int) -> None:
    """The words of one lead are those of another as well, as they were said; repeating it adds nothing.

    For two leads that are one person. The caller holds both, and tells of the change.
    """
    rows = list(Consent.objects.filter(lead_id=from_lead_id).order_by("pk"))
    for row in rows:
        row.pk, row.lead_id = None, to_lead_id
    Consent.objects.bulk_create(rows, ignore_conflicts=True)


def _last_words(lead_ids: Collection[int]) -> QuerySet[Consent]:
    rows = Consent.objects.filter(lead_id__in=lead_ids).order_by("lead_id", "purpose_id", "-at", "-pk")
    return rows.distinct("lead_id", "purpose_id")
