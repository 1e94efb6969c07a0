"""Scores leads: a batch at a time, by one statement compiled from the published criteria."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from leads.lifecycle import locked
from leads.models import Lead
from scoring import sql
from scoring.definition import in_force, load
from scoring.models import Criteria, Why
from scoring.personas import Wanted, wanted
from scoring.pieces import Piece, for_neighbours, written
from scoring.requests import hint
from scoring.signals import leads_scored

BATCH = 1000
DUE_AT_ONCE = 20_000


def score_leads(lead_ids: Sequence[int], *, now: datetime, why: Why = Why.PROFILE) -> int:
    """Computes the scores of these leads as of `now`; answers how many rows were written.

    Only rows that differ are written. Sends leads_scored for all of them. Without published criteria: 0.
    A transaction a batch: who holds a rep's lock may wait for a lead, so nobody holds leads while taking more.
    """
    changed = 0
    ids = sorted(set(lead_ids))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            held = locked(ids[start : start + BATCH]).values_list("pk", flat=True)
            changed += score_held(dict.fromkeys(held, why), now=now)
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
    whys = sql.take(limit=limit)
    score_held(whys, now=now)
    return len(whys)


def request_due(*, now: datetime, limit: int = DUE_AT_ONCE) -> int:
    """Marks the leads whose score time alone has changed; answers how many were new."""
    count = sql.request(sql.REQUEST_DUE, now=now, limit=limit, why=int(Why.TIME))
    if count:
        transaction.on_commit(hint, robust=True)
    return count


def score_held(whys: Mapping[int, int], *, now: datetime, are_neighbours: bool = False) -> int:
    """Scores leads whose rows the caller's transaction holds, each for its reason, and says so.

    Neighbours are (nearly) all the leads there are between the first and the last; others in between are read and
    left as they are. Answers how many rows were written; without published criteria none.
    """
    criteria = in_force()
    if criteria is None or not whys:
        return 0
    ids = sorted(whys)
    part = _compiled(criteria.pk, criteria.published_at, wanted(), are_neighbours=are_neighbours)
    changed = written(part, lead_ids=ids, now=now, whys=[whys[lead_id] for lead_id in ids])
    leads_scored.send(sender=Lead, lead_ids=ids, now=now)
    return changed


@lru_cache(maxsize=4)
def _compiled(criteria_id: int, published_at: datetime, personas: tuple[Wanted, ...], *, are_neighbours: bool) -> Piece:
    """The statement of published criteria. They never change, so it is compiled once per process.

    The moment of publication is part of the key: a publication that was rolled back may have been compiled.
    """
    part = sql.statement(load(Criteria.objects.get(pk=criteria_id)), personas)
    return for_neighbours(part) if are_neighbours else part
