"""Scores and promotes as the two tasks do, one after the other."""

from collections.abc import Sequence
from datetime import datetime

from handoff.promotion import promotions
from scoring.engine.batches import drain
from scoring.models import Why
from tests.scoring.building import score_leads


def score_and_promote(lead_ids: Sequence[int], *, now: datetime, why: Why = Why.PROFILE) -> int:
    """Returns how many handoffs were opened."""
    score_leads(lead_ids, now=now, why=why)
    return promotions.promote_requested(now=now)


def promote_missed(*, now: datetime) -> int:
    """Returns how many handoffs the safety net opened."""
    promotions.request_missed(now=now)
    return promotions.promote_requested(now=now)


def drain_and_promote(*, now: datetime) -> int:
    """Returns how many leads were scored."""
    scored = drain(now=now)
    promotions.promote_requested(now=now)
    return scored
