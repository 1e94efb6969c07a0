"""Work of the engine. Each task may run at any time, twice, and at once."""

from time import monotonic

from celery import shared_task

from lib import clock
from scoring.analysis.analyses import answer_next
from scoring.analysis.kinds import KINDS
from scoring.engine.batches import drain, request_due
from scoring.engine.rescore import score_chunk
from scoring.score_change import let_go_of_old_steps

# A task ends by itself well before Celery's time limit; the next hint or tick goes on.
LONGEST_RUN = 60.0


@shared_task
def drain_score_requests() -> None:
    """Scores what was asked for, until nothing waits."""
    started = monotonic()
    while drain(now=clock.now()) and monotonic() - started < LONGEST_RUN:
        pass


@shared_task
def request_due_scores() -> None:
    """Asks for the scores that time alone has changed."""
    request_due(now=clock.now())


@shared_task
def let_go_of_old_score_changes() -> None:
    """Lets go of what moved scores more than seven days ago, until nothing is left of it."""
    started = monotonic()
    while let_go_of_old_steps(now=clock.now()) and monotonic() - started < LONGEST_RUN:
        pass


@shared_task
def score_everybody() -> None:
    """Scores chunks until none is left; as many workers as are free share them."""
    started = monotonic()
    while score_chunk(now=clock.now()) and monotonic() - started < LONGEST_RUN:
        pass


# A question may take minutes; a worker that dies over it gives it back when its lease runs out.
@shared_task(soft_time_limit=1800, time_limit=1860)
def answer_analyses() -> None:
    """Works on the long questions people asked, one after the other."""
    started = monotonic()
    while answer_next(KINDS, clock=clock.now) and monotonic() - started < LONGEST_RUN:
        pass
