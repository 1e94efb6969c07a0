"""Who is in a segment, in raw SQL: one statement looks at many leads, and writes who entered and who left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from leads.querysets import LeadQuerySet
from lib.arrays import array_literal
from lib.together import tell

# The update holds the row until the commit: a worker that does not see yet what changed must not take it.
REQUEST: Final = """
INSERT INTO nurture_segmentlook AS look (lead_id, asked_at)
SELECT lead_id, %(now)s FROM unnest(%(lead_ids)s::bigint[]) AS asked (lead_id) ORDER BY lead_id
ON CONFLICT (lead_id) DO UPDATE SET asked_at = look.asked_at
"""
# Whom time moved is read when the look is taken, so a row that is there already will do.
REQUEST_TURNED: Final = """
INSERT INTO nurture_segmentlook (lead_id, asked_at)
SELECT lead_id, %s FROM ({}) AS turned (lead_id) ORDER BY lead_id
ON CONFLICT (lead_id) DO NOTHING
"""
TAKE: Final = """
WITH oldest AS MATERIALIZED (
    SELECT lead_id FROM nurture_segmentlook ORDER BY asked_at, lead_id LIMIT %s FOR UPDATE SKIP LOCKED
)
DELETE FROM nurture_segmentlook AS look USING oldest WHERE look.lead_id = oldest.lead_id RETURNING look.lead_id
"""
# What enters and what goes becomes rows of the history; the count follows by a trigger.
RECORD: Final = """
INSERT INTO nurture_membershipchange (segment_id, lead_id, at, is_entry, by_build)
SELECT %s, lead_id, %s, true, {by_build} FROM entered UNION ALL SELECT %s, lead_id, %s, false, {by_build} FROM gone
RETURNING lead_id, is_entry
"""
SETTLE: Final = """
WITH looked AS MATERIALIZED (SELECT lead_id FROM unnest(%s::bigint[]) AS asked (lead_id)),
matching AS MATERIALIZED (SELECT DISTINCT lead_id FROM ({}) AS met (lead_id)),
entered AS (
    INSERT INTO nurture_membership (segment_id, lead_id, entered_at)
    SELECT %s, lead_id, %s FROM matching ORDER BY lead_id
    ON CONFLICT DO NOTHING RETURNING lead_id
),
gone AS (
    DELETE FROM nurture_membership AS member USING looked
    WHERE member.segment_id = %s AND member.lead_id = looked.lead_id
    AND NOT EXISTS (SELECT FROM matching WHERE matching.lead_id = member.lead_id)
    RETURNING member.lead_id
)
"""
STAGE: Final = """
INSERT INTO nurture_newmember (segment_id, lead_key)
SELECT DISTINCT %s::bigint, lead_id FROM ({}) AS met (lead_id)
ON CONFLICT DO NOTHING
"""
UNSTAGE: Final = "DELETE FROM nurture_newmember WHERE segment_id = %s AND lead_key = ANY(%s::bigint[])"
# A lead that is about to go is passed over: nobody can be a member who is gone.
ENFORCE: Final = """
WITH entered AS (
    INSERT INTO nurture_membership (segment_id, lead_id, entered_at)
    SELECT %s, lead.id, %s FROM nurture_newmember AS met JOIN leads_lead AS lead ON lead.id = met.lead_key
    WHERE met.segment_id = %s AND lead.erased_at IS NULL FOR KEY SHARE OF lead SKIP LOCKED
    ON CONFLICT DO NOTHING RETURNING lead_id
),
gone AS (
    DELETE FROM nurture_membership AS member WHERE member.segment_id = %s
    AND NOT EXISTS (
        SELECT FROM nurture_newmember AS met WHERE met.segment_id = %s AND met.lead_key = member.lead_id
    )
    RETURNING member.lead_id
)
"""


class Move(NamedTuple):
    """A lead that entered, or left."""

    lead_id: int
    is_entry: bool


def request(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Asks for a look at these leads; it is owed from the commit on."""
    tell(REQUEST, {"lead_ids": array_literal(sorted(lead_ids)), "now": now})


def request_turned(leads: QuerySet[Any, Any], *, now: datetime) -> None:
    """Asks for a look at the leads whose keys these rows are."""
    text, params = leads.query.sql_with_params()
    _run(REQUEST_TURNED.format(text), now, *params)


def take(*, limit: int) -> list[int]:
    """Takes the leads that have waited longest; the rows of those are gone with the transaction."""
    return sorted(lead_id for (lead_id,) in _run(TAKE, limit))


def settle(segment_id: int, matching: LeadQuerySet, lead_ids: Sequence[int], *, now: datetime) -> list[Move]:
    """Of the leads that are looked at, those that match are in the segment, no others. Returns who moved."""
    met, params = _keys(matching)
    statement = SETTLE.format(met) + RECORD.format(by_build="false")
    looked = array_literal(lead_ids)
    rows = _run(statement, looked, *params, segment_id, now, segment_id, segment_id, now, segment_id, now)
    return [Move(*row) for row in rows]


def stage(segment_id: int, matching: LeadQuerySet, *, again: Sequence[int] = ()) -> None:
    """Notes who meets the conditions that are built; of those that are looked at `again` nobody else does."""
    if again:
        _run(UNSTAGE, segment_id, array_literal(again))
    met, params = _keys(matching)
    _run(STAGE.format(met), segment_id, *params)


def enforce(segment_id: int, *, now: datetime) -> None:
    """Who was noted is in the segment from now on, and nobody else."""
    ids = (segment_id, now, segment_id, segment_id, segment_id)
    _run(ENFORCE + RECORD.format(by_build="true"), *ids, segment_id, now, segment_id, now)


def _keys(leads: LeadQuerySet) -> tuple[str, tuple[Any, ...]]:
    """The keys of these leads as a part of a statement."""
    try:
        text, params = leads.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", ()
    return text, tuple(params)


def _run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
