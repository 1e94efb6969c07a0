"""What the engine owes: one row per lead that has to be scored again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from lib.hints import send_hint
from scoring.models import ScoreRequest


def request_scores(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Marks the leads as to be scored and, after the commit, hints the worker.

    A lead already marked keeps its place in the queue. Callers that hold lead locks are safe: a drainer locks
    the lead before its request, so this insert never waits for one.
    """
    rows = [ScoreRequest(lead_id=pk, requested_at=now) for pk in sorted(set(lead_ids))]
    if rows:
        ScoreRequest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)
        transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tells the worker that there is something to do; a hint that is lost costs one sweep."""
    send_hint("scoring.tasks.drain_score_requests")
