"""Scores leads: a batch at a time, by one statement compiled from the published criteria."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from leads.lifecycle import locked
from leads.models import Lead
from scoring import sql
from scoring.definition import in_force, load
from scoring.models import Criteria, ScoreRequest
from scoring.pieces import Piece, written
from scoring.requests import hint
from scoring.signals import leads_scored

BATCH = 1000
DUE_AT_ONCE = 20_000


def score_leads(lead_ids: Sequence[int], *, now: datetime) -> int:
    """Computes the scores of these leads as of `now`; answers how many rows were written.

    Only rows that differ are written. Sends leads_scored for all of them. Without published criteria: 0.
    A transaction a batch: who holds a rep's lock may wait for a lead, so nobody holds leads while taking more.
    """
    changed = 0
    ids = sorted(set(lead_ids))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            held = list(locked(ids[start : start + BATCH]).values_list("pk", flat=True))
            changed += _score(held, now=now)
    return changed


@transaction.atomic
def drain(*, now: datetime, limit: int = BATCH) -> int:
    """Scores the leads that have waited longest, at most `limit`; answers how many were taken.

    Leads and requests that somebody else holds are passed over, so two drains never wait for each other. The
    requests go before the score is computed: what is asked for from then on is asked again. Without
    published criteria the requests stay.
    """
    if in_force() is None:
        return 0
    waiting = ScoreRequest.objects.select_related("lead").only("requested_at", "lead__id")
    taken = waiting.order_by("requested_at", "pk").select_for_update(of=("self", "lead"), skip_locked=True, no_key=True)
    ids = sorted(request.lead_id for request in taken[:limit])
    ScoreRequest.objects.filter(pk__in=ids).delete()
    _score(ids, now=now)
    return len(ids)


def request_everybody(*, now: datetime) -> int:
    """Marks every lead as to be scored (the criteria changed); answers how many there are."""
    count = sql.request(sql.REQUEST_EVERYBODY, now=now)
    transaction.on_commit(hint, robust=True)
    return count


def request_due(*, now: datetime, limit: int = DUE_AT_ONCE) -> int:
    """Marks the leads whose score time alone has changed; answers how many were new."""
    count = sql.request(sql.REQUEST_DUE, now=now, limit=limit)
    if count:
        transaction.on_commit(hint, robust=True)
    return count


def _score(lead_ids: list[int], *, now: datetime) -> int:
    """Scores leads whose rows are locked, and says so."""
    criteria = in_force()
    if criteria is None or not lead_ids:
        return 0
    changed = written(_compiled(criteria.pk, criteria.published_at), lead_ids=lead_ids, now=now)
    leads_scored.send(sender=Lead, lead_ids=lead_ids, now=now)
    return changed


@lru_cache(maxsize=2)
def _compiled(criteria_id: int, published_at: datetime) -> Piece:
    """The statement of published criteria. They never change, so it is compiled once per process.

    The moment of publication is part of the key: a publication that was rolled back may have been compiled.
    """
    return sql.statement(load(Criteria.objects.get(pk=criteria_id)))
