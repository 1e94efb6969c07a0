"""The statements behind a review: what became of those whom one version of the criteria made an MQL.

A lead belongs to a version when it became an MQL while the version was in force. What it did counts from its first time
MQL then up to the first time it became one under a later version, so that nothing counts for two versions. All of it is
read from the recorded transitions, and everything that varies is bound.
"""

from datetime import datetime
from typing import Final

from reporting.periods import mature_before
from reporting.sql import STANDS, UNANSWERED, between, fetch

# Index event_into_stage for the runs, event_of_lead for what became of each.
RUNS: Final = f"""
WITH run AS (
    SELECT lead_id, min(at) FILTER (WHERE at < %(ends_at)s::timestamptz) AS starts_at,
           min(at) FILTER (WHERE at >= %(ends_at)s::timestamptz) AS next_at
    FROM leads_leadevent
    WHERE to_stage = %(mql)s AND kind <> 'handoff.taken_back' AND at >= %(starts_at)s::timestamptz
    GROUP BY lead_id
), event AS (
    SELECT leads_leadevent.*, run.starts_at, run.next_at
    FROM leads_leadevent JOIN run ON run.lead_id = leads_leadevent.lead_id
    WHERE run.starts_at IS NOT NULL AND at >= run.starts_at AND (run.next_at IS NULL OR at < run.next_at) AND {STANDS}
)
"""  # noqa: S608 (ours)
OUTCOMES: Final = (
    RUNS  # noqa: S608 (ours, and bound)
    + f"""
, lead AS (
    SELECT lead_id, starts_at,
           bool_or(kind = 'handoff.passed') AS passed, bool_or(to_stage = %(sal)s) AS sal,
           min(at) FILTER (WHERE to_stage = %(sql)s) AS sql_at, bool_or(to_stage = %(customer)s) AS customer,
           bool_or(kind = 'handoff.recycled' AND reason = ANY(%(early)s)) AS early,
           bool_or(kind = 'handoff.disqualified') AS disqualified, bool_or(next_at IS NULL) AS is_latest
    FROM event GROUP BY lead_id, starts_at
), {UNANSWERED}
SELECT count(*), count(*) FILTER (WHERE passed), count(*) FILTER (WHERE sal), count(sql_at),
       count(*) FILTER (WHERE customer), count(*) FILTER (WHERE sal AND early),
       count(*) FILTER (WHERE sal AND disqualified),
       count(*) FILTER (WHERE starts_at < %(mature_before)s),
       count(sql_at) FILTER (WHERE starts_at < %(mature_before)s),
       count(*) FILTER (WHERE customer AND starts_at < %(mature_before)s),
       percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY extract(epoch FROM sql_at - starts_at) / 86400)
           FILTER (WHERE sql_at IS NOT NULL),
       count(unanswered.lead_id) FILTER (WHERE passed AND NOT sal AND is_latest)
FROM lead LEFT JOIN unanswered ON unanswered.lead_id = lead.lead_id
"""  # noqa: S608 (ours, and bound)
)
REJECTIONS: Final = (
    RUNS
    + """
SELECT reason, count(*) FROM event WHERE kind = 'handoff.rejected' GROUP BY reason ORDER BY count(*) DESC, reason
"""
)
# Customers of the period, and those of them who had never been an MQL when they bought. Index event_into_stage.
BOUGHT: Final = f"""
WITH bought AS (
    SELECT lead_id, min(at) AS at FROM leads_leadevent
    WHERE to_stage = %(customer)s AND at >= %(starts_at)s::timestamptz AND at < %(ends_at)s::timestamptz
      AND {STANDS}
    GROUP BY lead_id
), told AS (
    SELECT bought.*, NOT EXISTS (
        SELECT 1 FROM leads_leadevent event
        WHERE event.lead_id = bought.lead_id AND event.to_stage = %(mql)s AND event.at <= bought.at
    ) AS is_missed
    FROM bought
)
"""  # noqa: S608 (ours)
CUSTOMERS: Final = BOUGHT + "SELECT count(*), count(*) FILTER (WHERE is_missed) FROM told"  # noqa: S608 (ours)
MISSED: Final = (
    BOUGHT
    + """
SELECT lead_id, at FROM told WHERE is_missed ORDER BY at DESC, lead_id LIMIT %(most)s
"""
)


Found = tuple[int, int, int, int, int, int, int, int, int, int, list[float] | None, int]


def outcomes(starts_at: datetime | None, ends_at: datetime | None, *, early: list[str], now: datetime) -> Found:
    """MQLs, passed, SALs, SQLs, customers, recycled for the reasons `early`, disqualified; of the MQLs that are older
    than 90 days: MQLs, SQLs, customers; the quartiles of the days from MQL to SQL, None without any SQL;
    and of those passed, how many sales still has time to answer.
    """
    bound = between(starts_at, ends_at) | {"early": early, "mature_before": mature_before(now)}
    record: Found = fetch(OUTCOMES, bound)[0]
    return record


def rejections(starts_at: datetime | None, ends_at: datetime | None) -> list[tuple[str, int]]:
    """(key of the reason, how often), most first."""
    return fetch(REJECTIONS, between(starts_at, ends_at))


def customers(starts_at: datetime | None, ends_at: datetime | None) -> tuple[int, int]:
    """Who bought in the period, and how many of them had never been an MQL then."""
    record: tuple[int, int] = fetch(CUSTOMERS, between(starts_at, ends_at))[0]
    return record


def missed(starts_at: datetime | None, ends_at: datetime | None, *, most: int) -> list[tuple[int, datetime]]:
    """(lead, when it bought) of those who had never been an MQL, latest first."""
    return fetch(MISSED, between(starts_at, ends_at) | {"most": most})
