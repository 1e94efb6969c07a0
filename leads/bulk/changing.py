"""What somebody does with many leads at once: each is corrected as on its page, and all of it is taken back at once.

A chunk is a transaction that also says how far it is: whoever goes on after a worker that died begins at the next
chunk. Nothing here moves where a lead stands; that is the lifecycle's, and sales' part of it the handoff's.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from leads.bulk.offered import doer_of
from leads.bulk.tagging import TAGGING, values_for
from leads.correcting.fields import Plain, of_lead
from leads.correcting.leads import correct, undo
from leads.event_kinds import CHANGED
from leads.events import Agent
from leads.lifecycle import locked
from leads.models import BulkChange, Lead, LeadEvent
from leads.models.bulk_change import Doing
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import ErasedAlready, erase
from lib.hints import send_hint
from outbox.told_together import told_together

# Chosen at once; who has more narrows the list.
MOST: Final = 5_000
# So many are done while somebody waits for the page.
AT_ONCE: Final = 200
CHUNK: Final = 50
# Much is done with each lead, and nobody waits for the others: a transaction each.
ONE_BY_ONE: Final = (Doing.ERASE, Doing.GIVE)
# A choice that nothing was done with, and what there is to take back.
CHOICE_KEPT: Final = timedelta(days=1)
UNDO_KEPT: Final = timedelta(days=30)
Clock = Callable[[], datetime]


def choose(lead_ids: Sequence[int], *, actor: User, now: datetime) -> BulkChange:
    """These leads, until it is said what is to be done with them."""
    change: BulkChange = BulkChange.objects.create(actor=actor, chosen_at=now, lead_ids=sorted(set(lead_ids)))
    return change


def note(change: BulkChange, values: dict[str, Plain]) -> None:
    """Keeps what was so when they were chosen; nothing where it is said already what is done with them."""
    BulkChange.objects.filter(pk=change.pk, asked_at=None).update(values=values)


def ask(change: BulkChange, *, doing: Doing, values: dict[str, Plain], clock: Clock) -> None:
    """From now on it is owed; few leads are done at once. Asked for twice, it is done once."""
    mine = BulkChange.objects.filter(pk=change.pk, asked_at=None)
    if mine.update(doing=doing, values=values, asked_at=clock()):
        _begin(change, change.total, clock=clock)


def ask_undo(change: BulkChange, *, clock: Clock) -> None:
    """From now on it is owed that all of it is as before, of those leads that nobody changed again since."""
    whole = BulkChange.objects.filter(pk=change.pk, undo_asked_at=None, finished_at__isnull=False)
    if whole.update(undo_asked_at=clock()):
        _begin(change, change.corrections, clock=clock)


def go_on(*, clock: Clock, until: float, only: Q | None = None) -> bool:
    """Goes on chunk after chunk until nothing is left or `monotonic()` says `until`. Returns whether something is left.

    Twice at once is harmless: the second finds it taken.
    """
    owed = BulkChange.objects.owed().filter(only or Q()).order_by("pk")
    while monotonic() < until:
        with told_together(), transaction.atomic():
            change = owed.select_for_update(skip_locked=True, of=("self",)).select_related("actor").first()
            if change is None:
                return False
            if change.undo_asked_at is None:
                _do_chunk(change, now=clock())
            else:
                _undo_chunk(change, now=clock())
    return owed.exists()


def let_go(*, now: datetime) -> int:
    """Forgets choices nothing was done with, and what is too old to be taken back. Returns how many."""
    idle = Q(asked_at=None, chosen_at__lt=now - CHOICE_KEPT)
    old = Q(finished_at__lt=now - UNDO_KEPT) & (Q(undo_asked_at=None) | Q(undone_at__isnull=False))
    return BulkChange.objects.filter(idle | old).delete()[0]


def hint() -> None:
    """Tells a worker that there is something to do; a hint that is lost costs a minute."""
    send_hint("leads.tasks.change_in_bulk")


def _begin(change: BulkChange, count: int, *, clock: Clock) -> None:
    if count <= AT_ONCE:
        go_on(clock=clock, until=monotonic() + 20, only=Q(pk=change.pk))
    transaction.on_commit(hint, robust=True)


def _do_chunk(change: BulkChange, *, now: datetime) -> None:
    """Of the leads that are next, those the person may still see and change."""
    part = change.lead_ids[change.done : change.done + _size(change)]
    if not part:
        change.finished_at = now
        change.save(update_fields=["finished_at"])
        return
    visible = Lead.objects.visible_to(change.actor).filter(pk__in=part, erased_at=None)
    for lead_id in visible.order_by("pk").values_list("pk", flat=True):
        change.changed += _do(change, lead_id, now=now)
    change.done += len(part)
    change.save(update_fields=["done", "changed", "event_ids"])


def _do(change: BulkChange, lead_id: int, *, now: datetime) -> bool:
    """Whether the lead is otherwise now."""
    agent = Agent(user=change.actor)
    if change.doing == Doing.ERASE:
        try:
            erase(lead_id=lead_id, reason=ErasureReason(change.values["reason"]), agent=agent, now=now)
        except ErasedAlready:
            return False
        return True
    values = change.values
    if doer := doer_of(change.doing):
        event_id = doer.do(lead_id, values, change.actor, now)
        change.event_ids += [event_id] if event_id else []
        return event_id is not None
    if change.doing in TAGGING:
        [lead] = locked([lead_id])
        values = values_for(Doing(change.doing), values, of_lead(lead))
    if not correct(lead_id=lead_id, values=values, agent=agent, now=now):
        return False
    # The lead is held since it was corrected: its newest correction is this one.
    newest = LeadEvent.objects.filter(lead=lead_id, kind=CHANGED.key).order_by("-pk")
    change.event_ids.append(newest.values_list("pk", flat=True)[0])
    return True


def _undo_chunk(change: BulkChange, *, now: datetime) -> None:
    part = change.event_ids[change.undone : change.undone + _size(change)]
    if not part:
        change.undone_at = now
        change.save(update_fields=["undone_at"])
        return
    visible = Lead.objects.visible_to(change.actor).filter(erased_at=None)
    events = LeadEvent.objects.filter(pk__in=part, lead__in=visible).order_by("lead", "pk")
    for event_id, lead_id in events.values_list("pk", "lead"):
        change.restored += _undo(change, lead_id, event_id, now=now)
    change.undone += len(part)
    change.save(update_fields=["undone", "restored"])


def _undo(change: BulkChange, lead_id: int, event_id: int, *, now: datetime) -> bool:
    """Whether something of the lead is as before again."""
    if doer := doer_of(change.doing):
        return doer.undo(lead_id, event_id, change.actor, now)
    back, _left = undo(lead_id=lead_id, event_id=event_id, agent=Agent(user=change.actor), now=now)
    return bool(back)


def _size(change: BulkChange) -> int:
    return 1 if change.doing in ONE_BY_ONE else CHUNK
