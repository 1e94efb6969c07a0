"""What the engine owes: one row per lead that has to be scored again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from lib.hints import send_hint
from scoring import sql


def request_scores(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Marks the leads as to be scored and, after the commit, hints the worker.

    A lead already marked keeps its place in the queue, and its mark is held until the commit: nobody scores the
    lead from what is about to be overtaken, whether the caller holds its lock or not.
    """
    asked = sorted(set(lead_ids))
    if asked:
        sql.request(sql.REQUEST_SOME, lead_ids=asked, now=now)
        transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tells the worker that there is something to do; a hint that is lost costs one sweep."""
    send_hint("scoring.tasks.drain_score_requests")
