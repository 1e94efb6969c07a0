"""What the workers do for leads: hints to rows that are owed anyway."""

from datetime import timedelta
from time import monotonic

from celery import shared_task

from accounts.standstill.taking import TAKING
from capture import inbox
from capture.channel_rules import recounting
from capture.importing import files, run, undo
from capture.tracking import identification, joining
from capture.web_forms import taking
from lib import clock

# Well within CELERY_TASK_SOFT_TIME_LIMIT; a longer import goes on in the next task.
SLICE = timedelta(seconds=10)

# A task of the inbox gives its process back after so long; what is left is the next one's.
LONGEST_DRAIN = 2.0  # seconds


@shared_task
@TAKING.unless_off
def drain_inbox() -> None:
    """Takes what streamed in."""
    until = monotonic() + LONGEST_DRAIN
    inbox.drain(clock=clock.now, until=until)
    if monotonic() >= until:
        inbox.hint()


@shared_task
@TAKING.unless_off
def join_visitors() -> None:
    """What visitors did who are known by now goes to their leads."""
    until = monotonic() + LONGEST_DRAIN
    joining.join_due(clock=clock.now, until=until)
    if monotonic() >= until:
        identification.hint()


@shared_task
def recount_channels() -> None:
    """Counts the past by the channel rules once more."""
    if recounting.go_on(clock=clock.now, until=monotonic() + LONGEST_DRAIN):
        recounting.hint()


@shared_task
@TAKING.unless_off
def run_import(batch_id: int) -> None:
    """Runs an import for a while and asks for the rest; nothing when somebody else has it."""
    run.run(batch_id, clock=clock.now, until=clock.now() + SLICE)
    if run.is_waiting(batch_id):
        run_import.delay(batch_id)


@shared_task
@TAKING.unless_off
def undo_import(batch_id: int) -> None:
    """Undoes an import for a while and asks for the rest; nothing when somebody else does."""
    if undo.run(batch_id, clock=clock.now, until=clock.now() + SLICE) and undo.is_owed(batch_id):
        undo_import.delay(batch_id)


@shared_task
@TAKING.unless_off
def resume_imports() -> None:
    """The sweeper: imports nobody took up or undid to the end, or whose worker is gone."""
    for batch_id in run.unfinished(now=clock.now()):
        run_import.delay(batch_id)
    for batch_id in undo.unfinished():
        undo_import.delay(batch_id)


@shared_task
def forget_import_files() -> None:
    """Files of imports are kept for a week."""
    files.forget_old(now=clock.now())


@shared_task
@TAKING.unless_off
def take_submissions() -> None:
    """The sweeper: submissions whose request did not take them, and those nobody confirmed in time."""
    taking.take_waiting(until=monotonic() + LONGEST_DRAIN)
    taking.expire(now=clock.now())
