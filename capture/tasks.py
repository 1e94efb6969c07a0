"""What the workers do for leads: hints to rows that are owed anyway."""

from datetime import timedelta
from time import monotonic, sleep

from celery import shared_task

from capture import inbox
from capture.importing import files, run
from lib import clock
from lib.hints import send_hint

# Well within CELERY_TASK_SOFT_TIME_LIMIT; a longer import goes on in the next task.
SLICE = timedelta(seconds=45)

# A task of the inbox gives its process back after so long; what is left is the next one's.
LONGEST_DRAIN = 2.0  # seconds
LINGERS = 0.25  # seconds without anything new; longer than a process that takes requests goes without a hint
LOOKS_EACH = 0.03  # seconds


@shared_task
def drain_inbox() -> None:
    """Takes what streamed in, and what still comes meanwhile."""
    until = monotonic() + LONGEST_DRAIN
    came_at = float("-inf")
    while monotonic() < until:
        if inbox.drain(clock=clock.now, until=until):
            came_at = monotonic()
        elif monotonic() - came_at > LINGERS:
            return
        else:
            sleep(LOOKS_EACH)
    send_hint(inbox.TASK)


@shared_task
def run_import(batch_id: int) -> None:
    """Runs an import for a while and asks for the rest; nothing when somebody else has it."""
    run.run(batch_id, clock=clock.now, until=clock.now() + SLICE)
    if run.is_waiting(batch_id):
        run_import.delay(batch_id)


@shared_task
def resume_imports() -> None:
    """The sweeper: imports nobody took up, or whose worker is gone."""
    for batch_id in run.unfinished(now=clock.now()):
        run_import.delay(batch_id)


@shared_task
def forget_import_files() -> None:
    """Files of imports are kept for a week."""
    files.forget_old(now=clock.now())
