"""What the engine owes: one row per lead that has to be scored again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from lib.arrays import array_literal
from lib.hints import send_hint
from lib.together import tell
from scoring.engine import work_sql


def request_scores(whys: Mapping[int, int], *, now: datetime) -> None:
    """Marks the leads as to be scored, each with its reason (scoring.models.Why), and hints the worker.

    A lead already marked keeps its place in the queue, and its mark is held until the commit: nobody scores the
    lead from what is about to be overtaken, whether the caller holds its lock or not.
    """
    if whys:
        asked = sorted(whys)
        reasons = array_literal(int(whys[lead_id]) for lead_id in asked)
        tell(work_sql.REQUEST_SOME, {"lead_ids": array_literal(asked), "whys": reasons, "now": now})
        transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tells the worker that there is something to do; a hint that is lost costs one sweep."""
    send_hint("scoring.tasks.drain_score_requests")
