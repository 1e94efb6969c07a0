"""Deadlines are enforced, unless the clock was moved: then nothing is returned until it is known what happened.

A deadline comes because time passes. How much really passed since the last sweep says a clock that nobody can set
(handoff/deadlines/clock_readings.py); what is due by the wall clock beyond that was brought due by moving it. When
that is an implausible share of what waits, the sweep holds: for 15 minutes, until the clock is put right, or until a
manager says that it is as it should be. Workers that were dead for hours hold nothing: then the hours have passed.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from handoff import news
from handoff.deadlines import sla
from handoff.deadlines.clock_readings import Reading
from handoff.models import Handoff, Hold, State, SweepMark
from lib.hints import send_hint
from lib.moments import span_words

# The wall clock may be off by so much without anybody having moved it.
SLACK: Final = timedelta(minutes=2)
# An implausible share: more than a fifth of what waits, and so many at least.
SHARE: Final = 0.2
LEAST: Final = 5
# A hold nobody decides on ends by itself after so long, however wrong the clock still is.
LASTS: Final = timedelta(minutes=15)
# So long after a hold was over nothing is held again: what the clock says has been decided then.
DECIDED_FOR: Final = timedelta(hours=1)
# Many sweeps at once write one mark.
MARK_EVERY: Final = timedelta(seconds=10)


def enforce(reading: Reading) -> int:
    """Sends every overdue lead back or on. Returns how many; 0 while deadlines are held."""
    return 0 if is_held(reading) else sla.breach_overdue(now=reading.at)


def current() -> Hold | None:
    """The hold there is now."""
    return Hold.objects.filter(ended_at=None).first()


@transaction.atomic
def is_held(reading: Reading) -> bool:
    """Whether deadlines are held; begins a hold and ends it, and remembers what the clocks said otherwise."""
    mark = SweepMark.objects.select_for_update().filter(boot=reading.boot).first()
    hold = Hold.objects.select_for_update().filter(ended_at=None).first()
    moved = _moved(mark, reading)
    if hold is not None:
        if not _is_over(hold, moved, reading):
            return True
        _end(Hold.objects.filter(pk=hold.pk), by=None, now=reading.at)
    elif moved > SLACK and not _is_decided(reading.at) and _begin(moved, reading):
        return True
    _remember(mark, moved, reading)
    return False


def end(*, actor: User, now: datetime) -> bool:
    """A manager says that the clock is right: what is overdue is returned by the next sweep, which is hinted at once.

    Returns False when the hold was over already.
    """
    with transaction.atomic():
        ended = _end(Hold.objects.filter(ended_at=None), by=actor, now=now)
        if ended:
            transaction.on_commit(lambda: send_hint("handoff.tasks.breach_overdue"), robust=True)
    return bool(ended)


def _moved(mark: SweepMark | None, reading: Reading) -> timedelta:
    """How far the wall clock went ahead of the time that really passed since the mark; nothing when none is known."""
    if mark is None or reading.ticks < mark.ticks:
        return timedelta(0)
    return reading.at - mark.swept_at - timedelta(seconds=reading.ticks - mark.ticks)


def _begin(moved: timedelta, reading: Reading) -> bool:
    """Begins a hold if the move brought an implausible share due; the people who can look are told once."""
    waiting = Handoff.objects.filter(state=State.WAITING)
    brought_due = waiting.filter(respond_by__lte=reading.at, respond_by__gt=reading.at - moved + SLACK).count()
    count = waiting.count()
    if brought_due < LEAST or brought_due <= SHARE * count:
        return False
    why = _("The clock went %(span)s ahead of the time that really passed.") % {"span": span_words(moved)}
    due = waiting.filter(respond_by__lte=reading.at).count()
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                began_at=reading.at, due=due, waiting=count, why=why, boot=reading.boot, ticks=reading.ticks
            )
    except IntegrityError:  # another machine began one in this moment
        return True
    news.enqueue_clock_held(hold, now=reading.at)
    return True


def _is_over(hold: Hold, moved: timedelta, reading: Reading) -> bool:
    """By the machine that began it: when its time is over or its clock put right. By another: when its time is over."""
    if hold.boot != reading.boot:
        return reading.at - hold.began_at >= LASTS
    lasted = reading.ticks - hold.ticks
    return lasted >= LASTS.total_seconds() or (lasted >= 0 and moved <= SLACK)


def _is_decided(now: datetime) -> bool:
    lately = Q(ended_at__gt=now - DECIDED_FOR, ended_at__lte=now + SLACK)
    return Hold.objects.filter(lately).exists()


def _end(holds: QuerySet[Hold], *, by: User | None, now: datetime) -> int:
    """A clock that was put right shows a time before the hold began; it ends when it began then."""
    return holds.update(ended_at=Greatest(now, F("began_at")), ended_by=by)


def _remember(mark: SweepMark | None, moved: timedelta, reading: Reading) -> None:
    """What the clocks said, for the next sweep.

    A clock that was put back is not believed at once: when it is put right, nothing has moved. After as long as a
    hold lasts, it is.
    """
    if mark is None:
        row = SweepMark(boot=reading.boot, swept_at=reading.at, ticks=reading.ticks)
        SweepMark.objects.bulk_create([row], ignore_conflicts=True)
        return
    passed = timedelta(seconds=abs(reading.ticks - mark.ticks))
    if passed >= (LASTS if moved < -SLACK else MARK_EVERY):
        SweepMark.objects.filter(pk=mark.pk).update(swept_at=reading.at, ticks=reading.ticks)
