"""The statements of the reports. Nothing a user enters becomes part of a statement: all of it is bound.

Every number comes from leads_leadevent: leads.stage says where a lead is now, not where it has been.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from handoff.models import State
from leads.lifecycle import kinds_into
from leads.models import Stage, Status
from reporting.filters import BY, MODE, TOUCH, Mode, Options
from reporting.metrics import Counts
from reporting.periods import Period, mature_before

# Bound in every statement: %(mql)s is the stage, %(recycled)s the status, %(waiting)s the state of a handoff.
WORDS: Final = {word.value: word.value for word in (*Stage, *Status, State.WAITING)}
# Columns of both funnel statements after the two keys, in the order of Counts.
COUNTED: Final = tuple(f.name for f in fields(Counts))

# Of an event into a stage: it stands, unless another first day of the customer became known later, which counts then.
# Index event_of_lead.
STANDS: Final = """
NOT (to_stage = %(customer)s AND EXISTS (
    SELECT 1 FROM leads_leadevent AS later
    WHERE later.lead_id = leads_leadevent.lead_id AND later.kind = 'lead.customer_since'
      AND later.id > leads_leadevent.id
))
"""
# What became of the leads of a `cohort (id, created_at, ...)`: index event_into_stage, and event_kind_at for what was
# passed.
REACHED: Final = """
reached AS (
    SELECT event.lead_id,
           bool_or(to_stage = %(mql)s) AS mql, bool_or(kind = 'handoff.passed') AS passed,
           bool_or(to_stage = %(sal)s) AS sal, bool_or(to_stage = %(sql)s) AS sql,
           bool_or(to_stage = %(opportunity)s) AS opportunity, bool_or(to_stage = %(customer)s) AS customer,
           count(*) FILTER (WHERE to_stage = %(mql)s AND kind <> 'handoff.taken_back') AS mql_events
    FROM leads_leadevent event JOIN cohort ON cohort.id = event.lead_id
    WHERE to_stage IN (%(mql)s, %(sal)s, %(sql)s, %(opportunity)s, %(customer)s) OR kind = 'handoff.passed'
    GROUP BY event.lead_id
)
"""
# Whose time to answer runs now; the one thing here that is no recorded transition, because it is none yet.
UNANSWERED: Final = """
unanswered AS (SELECT lead_id FROM handoff_handoff WHERE state = %(waiting)s)
"""
# The columns of Counts over a cohort and what it reached.
COUNTS: Final = """
count(*), count(*) FILTER (WHERE mql), count(*) FILTER (WHERE passed),
       count(*) FILTER (WHERE sal), count(*) FILTER (WHERE sql), count(*) FILTER (WHERE opportunity),
       count(*) FILTER (WHERE customer), coalesce(sum(mql_events), 0)::bigint,
       count(*) FILTER (WHERE sql AND mql), count(*) FILTER (WHERE customer AND mql),
       count(*) FILTER (WHERE created_at >= %(mature_before)s),
       count(unanswered.lead_id) FILTER (WHERE passed AND NOT sal)
FROM cohort LEFT JOIN reached ON reached.lead_id = cohort.id
LEFT JOIN unanswered ON unanswered.lead_id = cohort.id
"""
COHORT: Final = f"""
WITH cohort AS (
    SELECT id, created_at,
           CASE WHEN %(by)s = 'month'
                THEN date_trunc('month', created_at AT TIME ZONE %(zone)s)::date END AS month,
           CASE WHEN %(by)s <> 'channel' THEN NULL
                WHEN %(touch)s = 'first' THEN first_channel_id ELSE last_touch.channel_id END AS channel_id
    FROM leads_lead LEFT JOIN leads_lasttouch AS last_touch ON last_touch.lead_id = leads_lead.id
    WHERE created_at >= %(starts_at)s::timestamptz AND created_at < %(ends_at)s::timestamptz
), {REACHED}, {UNANSWERED} SELECT month, channel_id, {COUNTS} GROUP BY month, channel_id
"""  # noqa: S608 (both parts are ours)

PERIOD: Final = f"""
WITH {UNANSWERED}, fact AS (
    SELECT id AS lead_id, created_at AS at, 'created' AS what FROM leads_lead
    WHERE created_at >= %(starts_at)s::timestamptz AND created_at < %(ends_at)s::timestamptz
    UNION ALL
    SELECT lead_id, at, CASE WHEN kind = 'handoff.passed' THEN 'passed' ELSE to_stage END FROM leads_leadevent
    WHERE (to_stage IN (%(mql)s, %(sal)s, %(sql)s, %(opportunity)s, %(customer)s) OR kind = 'handoff.passed')
      AND kind <> 'handoff.taken_back'
      AND at >= %(starts_at)s::timestamptz AND at < %(ends_at)s::timestamptz AND {STANDS}
), lead AS (
    SELECT lead_id,
           CASE WHEN %(by)s = 'month' THEN date_trunc('month', at AT TIME ZONE %(zone)s)::date END AS month,
           bool_or(what = 'created') AS created,
           bool_or(what = %(mql)s) AS mql, bool_or(what = 'passed') AS passed,
           bool_or(what = %(sal)s) AS sal, bool_or(what = %(sql)s) AS sql,
           bool_or(what = %(opportunity)s) AS opportunity, bool_or(what = %(customer)s) AS customer,
           count(*) FILTER (WHERE what = %(mql)s) AS mql_events
    FROM fact GROUP BY 1, 2
), known AS (
    SELECT lead.*,
           CASE WHEN %(by)s <> 'channel' THEN NULL
                WHEN %(touch)s = 'first' THEN first_channel_id ELSE last_touch.channel_id END AS channel_id,
           (sql OR customer) AND EXISTS (
               SELECT 1 FROM leads_leadevent event
               WHERE event.lead_id = lead.lead_id AND event.to_stage = %(mql)s
           ) AS was_mql,
           passed AND NOT sal AND unanswered.lead_id IS NOT NULL AS unanswered
    FROM lead JOIN leads_lead ON leads_lead.id = lead.lead_id
    LEFT JOIN unanswered ON unanswered.lead_id = lead.lead_id
    LEFT JOIN leads_lasttouch AS last_touch ON last_touch.lead_id = lead.lead_id
)
SELECT month, channel_id, count(*) FILTER (WHERE created), count(*) FILTER (WHERE mql),
       count(*) FILTER (WHERE passed), count(*) FILTER (WHERE sal), count(*) FILTER (WHERE sql),
       count(*) FILTER (WHERE opportunity), count(*) FILTER (WHERE customer),
       coalesce(sum(mql_events), 0)::bigint, count(*) FILTER (WHERE sql AND was_mql),
       count(*) FILTER (WHERE customer AND was_mql), 0, count(*) FILTER (WHERE unanswered)
FROM known
GROUP BY month, channel_id
"""  # noqa: S608 (both parts are ours)

# The last row, without a month, is everything in the period. Index event_into_stage.
MQLS_BY_MONTH: Final = """
SELECT month, count(DISTINCT lead_id) FILTER (WHERE is_asked), count(*) FILTER (WHERE is_asked),
       count(DISTINCT lead_id)
FROM (
    SELECT lead_id, date_trunc('month', at AT TIME ZONE %(zone)s)::date AS month,
           at >= %(starts_at)s::timestamptz AND at < %(ends_at)s::timestamptz AS is_asked
    FROM leads_leadevent
    WHERE to_stage = %(mql)s AND kind <> 'handoff.taken_back'
      AND at >= %(compared_from)s::timestamptz AND at < %(ends_at)s::timestamptz
) AS mql
GROUP BY GROUPING SETS ((month), ())
ORDER BY month NULLS LAST
"""

# The milestones as leads/lifecycle.py writes them, read back from the record: by id, because a lead's events
# are written one after the other under its lock, while `at` of an outcome may lie in the past.
DIFFERENCES: Final = """
WITH recorded AS (
    SELECT lead_id,
           -- an SQL said after the deal was recorded moves no stage back
           (array_agg(to_stage ORDER BY id DESC)
               FILTER (WHERE to_stage <> '' AND NOT (from_stage = %(opportunity)s AND to_stage = %(sql)s)))[1] AS stage,
           (array_agg(to_status ORDER BY id DESC) FILTER (WHERE to_status <> ''))[1] AS status,
           (array_agg(at ORDER BY id) FILTER (WHERE is_mql))[1] AS first_mql_at,
           (array_agg(at ORDER BY id DESC) FILTER (WHERE is_mql))[1] AS last_mql_at,
           count(*) FILTER (WHERE is_mql) AS mql_count,
           (array_agg(at ORDER BY id) FILTER (WHERE to_stage = %(sal)s))[1] AS sal_at,
           (array_agg(at ORDER BY id) FILTER (WHERE to_stage = %(sql)s))[1] AS sql_at,
           (array_agg(at ORDER BY id) FILTER (WHERE to_stage = %(opportunity)s))[1] AS opportunity_at,
           (array_agg(at ORDER BY id DESC) FILTER (WHERE to_stage = %(customer)s))[1] AS customer_at,
           count(*) FILTER (WHERE is_return) AS recycle_count,
           (array_agg(at ORDER BY id DESC) FILTER (WHERE is_return OR is_withdrawal))[1] AS recycled_at
    FROM (
        -- a lead that a manager took back is no MQL a second time; what ended a handoff only to go on returned nothing
        SELECT *, to_stage = %(mql)s AND kind <> 'handoff.taken_back' AS is_mql,
               to_status = %(recycled)s AND kind = ANY(%(returns)s) AS is_return,
               -- marketing took it back: it was not returned by sales, but only something new brings it again
               to_status <> '' AND kind = 'handoff.withdrawn' AS is_withdrawal
        FROM leads_leadevent
    ) AS event
    GROUP BY lead_id
)
SELECT lead.public_id::text, milestone.name, milestone.on_lead, milestone.in_record
FROM leads_lead lead LEFT JOIN recorded ON recorded.lead_id = lead.id
CROSS JOIN LATERAL (VALUES
    ('stage', lead.stage, coalesce(recorded.stage, %(lead)s)),
    ('status', lead.status, coalesce(recorded.status, %(new)s)),
    ('first_mql_at', lead.first_mql_at::text, recorded.first_mql_at::text),
    ('last_mql_at', lead.last_mql_at::text, recorded.last_mql_at::text),
    ('mql_count', lead.mql_count::text, coalesce(recorded.mql_count, 0)::text),
    ('sal_at', lead.sal_at::text, recorded.sal_at::text),
    ('sql_at', lead.sql_at::text, recorded.sql_at::text),
    ('opportunity_at', lead.opportunity_at::text, recorded.opportunity_at::text),
    ('customer_at', lead.customer_at::text, recorded.customer_at::text),
    ('recycle_count', lead.recycle_count::text, coalesce(recorded.recycle_count, 0)::text),
    ('recycled_at', lead.recycled_at::text, recorded.recycled_at::text)
) AS milestone (name, on_lead, in_record)
WHERE milestone.on_lead IS DISTINCT FROM milestone.in_record
ORDER BY lead.id, milestone.name
"""


def counts(options: Options, *, now: datetime) -> list[tuple[date | None, int | None, Counts]]:
    """The counts by month (its first day) or by channel id, as the options ask; one statement."""
    bound = bounds(options.period) | {
        "by": BY.of(options).value,
        "touch": TOUCH.of(options).value,
        "mature_before": mature_before(now),
    }
    statement = COHORT if MODE.of(options) == Mode.COHORT else PERIOD
    return [
        (month, channel_id, Counts(**dict(zip(COUNTED, numbers, strict=True))))
        for month, channel_id, *numbers in fetch(statement, bound)
    ]


def mqls_by_month(period: Period, *, compared_from: datetime | None) -> list[tuple[date | None, int, int, int]]:
    """(first day of the month, unique leads, times, unique leads of the whole month); one statement.

    The first two numbers count what lies in the period. Months from `compared_from` on are there to be
    compared with. The last row has no month: it is the whole period.
    """
    return fetch(MQLS_BY_MONTH, bounds(period) | {"compared_from": compared_from or "-infinity"})


def differences() -> list[tuple[str, str, str | None, str | None]]:
    """(public id, milestone, on the lead, in the record) wherever they differ; one statement."""
    return fetch(DIFFERENCES, {"returns": kinds_into(Status.RECYCLED)})


def bounds(period: Period) -> dict[str, datetime | str]:
    """The moments a period begins and ends at, and the time zone of its days, to be bound."""
    return {
        **between(period.starts_at, period.ends_at),
        "zone": timezone.get_default_timezone_name(),
    }


def between(starts_at: datetime | None, ends_at: datetime | None) -> dict[str, datetime | str]:
    """Two moments to be bound; None leaves that side open."""
    return {"starts_at": starts_at or "-infinity", "ends_at": ends_at or "infinity"}


def fetch(statement: str, bound: Mapping[str, Any]) -> list[Any]:
    """The records a statement returns, each a tuple of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {**WORDS, **bound})
        return list(cursor.fetchall())
