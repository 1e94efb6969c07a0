"""What an import waits for, in sentences: its turn, a worker, and what follows when its rows are stored."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from capture.importing.run import LEASE
from capture.models import ImportBatch, ImportUndo
from lib.numbers import number

State = ImportBatch.State
# The sweeper looks each minute; what waits longer with nothing before it waits for somebody who is not there.
PATIENCE: Final = timedelta(minutes=2)
# What is still to happen with the leads of an import; empty when nothing is.
Afterwards = Callable[[ImportBatch, datetime], str]
_offered: Final[list[Afterwards]] = []
# How long so many more leads take that wait for their turn.
Beforehand = Callable[[int, datetime], str]
_foretold: Final[list[Beforehand]] = []


def offer(afterwards: Afterwards) -> None:
    """Who can tell; said when the application starts."""
    _offered.append(afterwards)


def offer_beforehand(beforehand: Beforehand) -> None:
    """Who can tell before the import begins; said when the application starts."""
    _foretold.append(beforehand)


def pace_of(leads: int, *, now: datetime) -> list[str]:
    """How long it takes until leads that an import would make qualify have had their turn, in sentences."""
    return [beforehand(leads, now) for beforehand in _foretold] if leads else []


def still_to_come(batch: ImportBatch, *, now: datetime) -> list[str]:
    """What happens with the leads of an import that has ended, in sentences."""
    return [sentence for afterwards in _offered if (sentence := afterwards(batch, now))]


def waits_for(batch: ImportBatch, *, now: datetime) -> str:
    """Why an import under way does not move; empty while it does."""
    if batch.state == State.RUNNING:
        if now - batch.touched_at < LEASE:
            return ""
        return _("Whoever worked on it is gone. Another worker goes on behind the last row within a minute.")
    others = ImportBatch.objects.exclude(pk=batch.pk)
    running = others.filter(state=State.RUNNING, touched_at__gte=now - LEASE).first()
    before = others.filter(Q(state=State.READY, touched_at__lt=batch.touched_at) | Q(state=State.RUNNING)).count()
    before += ImportUndo.objects.filter(finished_at=None, asked_at__lt=batch.touched_at).count()
    if before and (running or now - batch.touched_at < PATIENCE):
        sentence = ngettext(
            "It waits for its turn: %(count)s other is before it, and they run one after the other.",
            "It waits for its turn: %(count)s others are before it, and they run one after the other.",
            before,
        )
        return sentence % {"count": number(before)}
    if now - batch.touched_at >= PATIENCE:
        return _(
            "No worker takes it up. The worker of the queue “imports” is not running: an administrator can start it."
        )
    return _("It waits for a worker, and starts within a minute.")
