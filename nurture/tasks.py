"""Work on segments, sequences and mails. Each task may run at any time, twice, and at once."""

from time import monotonic
from typing import Final

from celery import shared_task

from lib import clock
from nurture.segments import building, upkeep
from nurture.sending import sender
from nurture.sequences import entering, running
from nurture.standstill import STEPS

# A task ends by itself well before Celery's time limit; the next hint or tick goes on.
LONGEST_RUN: Final = 40.0


@shared_task
def keep_segments() -> None:
    """Looks at leads that changed, then builds a part of what is to be built, until nothing is left of either."""
    started = monotonic()
    is_owed = True
    while is_owed and monotonic() - started < LONGEST_RUN:
        looked = upkeep.drain(now=clock.now())
        # Who waits for a build waits longer than who is looked at.
        is_owed = bool(looked) or building.build_chunk(now=clock.now())


@shared_task
def sweep_segments() -> None:
    """Asks for a look at the leads that time alone has moved."""
    upkeep.sweep_all(now=clock.now())


@shared_task
@STEPS.unless_off
def take_steps() -> None:
    """Lets in who is to enter sequences and takes the steps that are due, until nothing is left of either."""
    started = monotonic()
    is_owed = True
    while is_owed and monotonic() - started < LONGEST_RUN:
        entered = entering.enter_requested(now=clock.now())
        is_owed = bool(running.take_due(now=clock.now()) or entered)


@shared_task
def send_mails() -> None:
    """Sends the mails that are due."""
    sender.send_due()
