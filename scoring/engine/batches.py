"""Scores leads: a batch at a time, by one statement compiled from the published criteria."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from leads.models import Lead
from scoring.engine import sql, work_sql
from scoring.engine.definition import load
from scoring.engine.fragments import Piece, for_neighbours, rows, written
from scoring.engine.requests import hint
from scoring.models import Criteria, Why
from scoring.personas.definition import grouped
from scoring.signals import leads_scored

BATCH = 1000
DUE_AT_ONCE = 20_000


@transaction.atomic
def drain(*, now: datetime, limit: int = BATCH) -> int:
    """Scores the leads that have waited longest, at most `limit`. Returns how many were taken.

    Leads and requests that somebody else holds are passed over, so two drains never wait for each other. The
    requests go before the score is computed: what is asked for from then on is asked again. Without
    published criteria the requests stay.
    """
    in_force = work_sql.in_force()
    if in_force is None:
        return 0
    whys = work_sql.take(limit=limit)
    if whys:
        _score(whys, in_force, now=now)
    return len(whys)


def request_due(*, now: datetime, limit: int = DUE_AT_ONCE) -> int:
    """Marks the leads whose score time alone has changed. Returns how many were new."""
    count = work_sql.request(work_sql.REQUEST_DUE, now=now, limit=limit, why=int(Why.TIME))
    if count:
        transaction.on_commit(hint, robust=True)
    return count


def score_held(whys: Mapping[int, int], *, now: datetime, are_neighbours: bool = False) -> int:
    """Scores leads whose rows the caller's transaction holds, each for its reason, and says so.

    Neighbours are (nearly) all the leads there are between the first and the last; others in between are read and
    left as they are. Returns how many rows were written; without published criteria none.
    """
    in_force = work_sql.in_force() if whys else None
    return _score(whys, in_force, now=now, are_neighbours=are_neighbours) if in_force else 0


def _score(whys: Mapping[int, int], in_force: work_sql.InForce, *, now: datetime, are_neighbours: bool = False) -> int:
    ids = sorted(whys)
    part, qualifying = compiled(in_force, are_neighbours=are_neighbours)
    changed = written(part, lead_ids=ids, now=now, whys=[whys[lead_id] for lead_id in ids])
    qualify = [lead_id for (lead_id,) in rows(qualifying, lead_ids=ids, now=now)]
    leads_scored.send(sender=Lead, lead_ids=ids, qualifying=qualify, now=now)
    return changed


@lru_cache(maxsize=4)
def compiled(in_force: work_sql.InForce, *, are_neighbours: bool) -> tuple[Piece, Piece]:
    """The statement that scores, and the one that asks who qualifies: compiled once per process.

    Published criteria never change, and the personas are those the key names.
    """
    definition = load(Criteria.objects.get(pk=in_force.criteria_id))
    parts = sql.statement(definition, grouped(json.loads(in_force.conditions))), work_sql.QUALIFYING
    return (for_neighbours(parts[0]), for_neighbours(parts[1])) if are_neighbours else parts
