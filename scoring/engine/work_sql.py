"""The work the engine owes, in raw SQL: what is asked for, who takes it, and what a score is computed from now."""

from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from django.db import connection

from scoring.engine.expressions import BATCH
from scoring.engine.fragments import Piece, compiled, piece
from scoring.models import Criteria
from scoring.personas.definition import conditions_in_use

# Scores that time has changed become work; a lead already marked keeps its place.
REQUEST_DUE: Final = """
INSERT INTO scoring_scorerequest (lead_id, requested_at, why)
SELECT lead_id, %(now)s, %(why)s FROM scoring_score WHERE next_change_at <= %(now)s
ORDER BY next_change_at LIMIT %(limit)s
ON CONFLICT (lead_id) DO NOTHING
"""
# The update holds the row until the commit: a drainer that does not see yet what changed (a company) must not take it.
REQUEST_SOME: Final = """
INSERT INTO scoring_scorerequest AS request (lead_id, requested_at, why)
SELECT lead_id, %(now)s, why FROM unnest(%(lead_ids)s::bigint[], %(whys)s::smallint[]) AS asked (lead_id, why)
ORDER BY lead_id
ON CONFLICT (lead_id) DO UPDATE SET why = least(request.why, EXCLUDED.why)
"""
# The oldest requests of which nobody holds the lead or the request: both are held from now on, the request is gone.
# The leads are looked up one by one: joined, they are all read where many requests wait, for the few that are taken.
TAKE: Final = """
WITH oldest AS MATERIALIZED (
    SELECT request.lead_id FROM scoring_scorerequest AS request
    CROSS JOIN LATERAL (SELECT FROM leads_lead WHERE id = request.lead_id FOR NO KEY UPDATE SKIP LOCKED) AS lead
    ORDER BY request.requested_at, request.lead_id LIMIT %(limit)s
    FOR NO KEY UPDATE OF request SKIP LOCKED
)
DELETE FROM scoring_scorerequest AS request USING oldest WHERE request.lead_id = oldest.lead_id
RETURNING request.lead_id, request.why
"""
# Neighbouring leads by the chunk; only the index is read.
CHUNKS: Final = """
INSERT INTO scoring_rescorechunk (rescore_id, first_lead, last_lead, leads)
SELECT %(rescore)s, min(id), max(id), count(*)
FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS chunk FROM leads_lead) AS placed
GROUP BY chunk ORDER BY min(id)
"""


# The leads of a chunk, held. One array is a third of the work of a row for each.
HOLD: Final = """
SELECT coalesce(array_agg(id), '{}') FROM (
    SELECT id FROM leads_lead WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id FOR NO KEY UPDATE
) AS held
"""
# Of the leads just scored those that qualify.
QUALIFYING: Final = piece("SELECT lead_id FROM scoring_score WHERE qualifies AND lead_id = ANY(%s) ORDER BY 1", BATCH)


class InForce(NamedTuple):
    """What a score is computed from beside the leads: equal ones compile to the same statement.

    A publication that was rolled back may have been compiled, so its moment is part of it.
    """

    criteria_id: int
    published_at: datetime
    # JSON: the conditions of the personas in use, in their order.
    conditions: str


def request(statement_text: str, **values: Any) -> int:
    """Runs one of the statements above. Returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement_text, values)
        return int(cursor.rowcount)


def take(*, limit: int) -> dict[int, int]:
    """Takes the leads that have waited longest, each with its reason."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"limit": limit})
        return dict(cursor.fetchall())


def hold(*, first: int, last: int) -> list[int]:
    """Holds the leads between two keys until the end of the transaction. Returns their keys in order."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"first": first, "last": last})
        [ids] = cursor.fetchone()
        return list(ids)


def in_force() -> InForce | None:
    """Asked for every batch, so it is one statement and no model; None without published criteria."""
    part = _in_force()
    with connection.cursor() as cursor:
        cursor.execute(part.text, part.params)
        row = cursor.fetchone()
        return InForce(*row) if row else None


@cache
def _in_force() -> Piece:
    published = Criteria.objects.filter(state=Criteria.State.PUBLISHED).order_by()
    return piece(
        "SELECT held.*, coalesce((SELECT json_agg(asked) FROM ({}) AS asked)::text, '[]') FROM ({}) AS held",
        compiled(conditions_in_use()),
        compiled(published.values("pk", "published_at")),
    )
