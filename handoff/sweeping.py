"""Moves whatever is due, batch by batch, so that one poisoned row does not stop the others."""

import logging
from collections.abc import Callable

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet

from handoff.lifecycle.transitions import NotPossible
from handoff.models import Handoff

logger = logging.getLogger(__name__)


def sweep(due: QuerySet[Handoff], move: Callable[[Handoff], object], *, batch: int) -> int:
    """Moves the due handoffs. Returns how many were moved.

    Each batch is a transaction. It locks leads first (the lock order) and skips those somebody else holds, so
    it does not wait for them; what is skipped is somebody's business right now, or the next sweep's. Each
    handoff has its own savepoint; one that fails is logged and left out of this sweep.
    """
    moved, left_out = 0, list[int]()
    while True:
        with transaction.atomic():
            locked = (
                due.exclude(pk__in=left_out)
                .select_related("lead")
                .select_for_update(skip_locked=True, no_key=True, of=("lead",))[:batch]
            )
            handoffs = list(locked)
            for handoff in handoffs:
                if _moves(handoff, move):
                    moved += 1
                else:
                    left_out.append(handoff.pk)
        if len(handoffs) < batch:
            return moved


def _moves(handoff: Handoff, move: Callable[[Handoff], object]) -> bool:
    try:
        with transaction.atomic():
            move(handoff)
    except NotPossible:  # decided between the query and the lock
        return False
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Handoff %s could not be moved; the next sweep tries again.", handoff.pk)
        return False
    return True
