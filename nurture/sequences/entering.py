"""Who enters a sequence: by hand, by a segment, given back by sales, or from another sequence.

What happens by itself is owed as a row in the transaction that made it so, and answered by a worker. Whoever enters is
held, so nobody enters twice; the database refuses it too.
"""

from collections.abc import Collection, Mapping
from collections.abc import Sequence as Many
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.events import SYSTEM, Agent
from leads.lifecycle import locked
from leads.models import Lead
from lib.hints import send_hint
from nurture.event_kinds import ENROLLED
from nurture.models import Enrolment, EntryRequest, Segment, Sequence, SequenceVersion
from nurture.sequences.facts import CLOSED
from nurture.sequences.recording import begin_nurturing, record_all
from nurture.sequences.sql import LIVE
from nurture.sequences.steps import Plan

BATCH: Final = 500
# Two sequences that go on to each other would go round without end; a lead comes round no faster.
ROUND: Final = timedelta(days=1)


class NotRunning(Exception):
    """Nobody enters a sequence that was not started or was stopped."""


class Entered(NamedTuple):
    """Who is in it now, and of the others why they are not, by lead."""

    enrolments: Many[Enrolment]
    refused: Mapping[int, str | Promise]


@transaction.atomic
def enrol(
    sequence_id: int,
    lead_ids: Collection[int],
    *,
    how: Enrolment.How,
    actor: User | None = None,
    agent: Agent = SYSTEM,
    now: datetime,
) -> Entered:
    """These leads begin the version that is in force, unless the sequence does not take them. Raises NotRunning.

    A lead that sales has at the moment enters too: its first step waits until sales gives it back.
    """
    leads = list(locked(list(lead_ids)))
    sequence = Sequence.objects.get(pk=sequence_id)
    version = sequence.versions.filter(state=SequenceVersion.State.IN_FORCE).first()
    if version is None or sequence.is_stopped:
        raise NotRunning
    refused = refusals(sequence, leads, how=how, now=now)
    first = Plan.read(version.steps).steps[0].id  # a version without steps is not started
    enrolments = [
        Enrolment(
            sequence=sequence,
            version=version,
            lead=lead,
            how=how,
            step=first,
            since=now,
            due_at=now,
            entered_at=now,
            began_at=now,
            entered_by=actor,
        )
        for lead in leads
        if lead.pk not in refused
    ]
    Enrolment.objects.bulk_create(enrolments)
    agent = Agent(user=actor) if actor else agent
    record_all(enrolments, ENROLLED, agent=agent, now=now)
    begin_nurturing([one.lead for one in enrolments], agent=agent, now=now)
    transaction.on_commit(hint, robust=True)
    return Entered(enrolments, refused)


def request(sequence_ids: Collection[int], lead_ids: Collection[int], *, how: Enrolment.How, now: datetime) -> None:
    """These leads are to enter these sequences; a worker sees to it after the commit."""
    rows = [
        EntryRequest(sequence_id=sequence_id, lead_id=lead_id, how=how, asked_at=now)
        for sequence_id in sequence_ids
        for lead_id in sorted(lead_ids)
    ]
    if rows:
        EntryRequest.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(hint, robust=True)


def request_by_segment(segment: Segment, lead_ids: Collection[int], *, now: datetime) -> None:
    """These leads have entered the segment or list, and so whatever sequence takes who does."""
    if lead_ids:
        taking = Sequence.objects.filter(entry=Sequence.Entry.SEGMENT, segment=segment, state__in=LIVE)
        request(list(taking.values_list("pk", flat=True)), lead_ids, how=Enrolment.How.SEGMENT, now=now)


@transaction.atomic
def enter_requested(*, now: datetime, limit: int = BATCH) -> int:
    """Lets those in who have waited longest, one sequence at a time. Returns how many requests were answered.

    Where a sequence is paused they wait on; where it was stopped they are forgotten.
    """
    owed = EntryRequest.objects.exclude(sequence__state=Sequence.State.HALTED).order_by("asked_at", "pk")
    oldest = owed.values_list("sequence_id", flat=True).first()
    if oldest is None:
        return 0
    lead_ids = owed.filter(sequence=oldest).values_list("lead_id", flat=True)[:limit]
    free = Lead.objects.filter(pk__in=list(lead_ids)).order_by("pk").select_for_update(no_key=True, skip_locked=True)
    held_ids = [lead.pk for lead in free]
    requests = EntryRequest.objects.filter(sequence=oldest, lead__in=held_ids).order_by("pk")
    answered = list(requests.select_for_update(skip_locked=True, of=("self",)))
    for how in {one.how for one in answered}:
        entering = [one.lead_id for one in answered if one.how == how]
        try:
            enrol(oldest, entering, how=Enrolment.How(how), now=now)
        except NotRunning:
            continue
    EntryRequest.objects.filter(pk__in=[one.pk for one in answered]).delete()
    return len(answered)


def hint() -> None:
    """Tells a worker that there is something to do; a hint that is lost costs one sweep."""
    send_hint("nurture.tasks.take_steps")


def refusals(sequence: Sequence, leads: Many[Lead], *, how: Enrolment.How, now: datetime) -> dict[int, str | Promise]:
    """Whom the sequence does not take now, and why."""
    earlier = Enrolment.objects.filter(sequence=sequence, lead__in=[lead.pk for lead in leads])
    inside = set(earlier.open().values_list("lead_id", flat=True))
    last = dict(earlier.order_by().values_list("lead_id").annotate(Max("ended_at")))
    refused: dict[int, str | Promise] = {}
    for lead in leads:
        if lead.erased_at or lead.status in CLOSED:
            refused[lead.pk] = _("is a customer, lost, disqualified or erased")
        elif lead.pk in inside:
            refused[lead.pk] = _("is in it already")
        elif lead.pk in last and not _may_come_again(sequence, last[lead.pk], how=how, now=now):
            refused[lead.pk] = _("was in it before, and may not enter again yet")
    return refused


def _may_come_again(sequence: Sequence, ended_at: datetime, *, how: Enrolment.How, now: datetime) -> bool:
    if how == Enrolment.How.SEQUENCE and now - ended_at < ROUND:
        return False
    match sequence.reentry:
        case Sequence.Reentry.NEVER:
            return False
        case Sequence.Reentry.AFTER:
            return now - ended_at >= timedelta(days=sequence.reentry_days or 0)
        case _:
            return True
