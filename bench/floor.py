"""The floor: what somebody would write by hand who had only the twelve rules of bench/data.py, with the write-back.

The same columns and the same history as the engine's. PostgreSQL computes a new table in parallel but neither
updates nor inserts in parallel, so the result is computed into an unlogged table first, and what differs is
written from there: the fastest way that was found.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from bench.data import THRESHOLD
from leads.models import ActivityType

# Tables like the engine's, so that writing costs the same. What the engine has stored is where both start.
TABLES: Final = """
DROP TABLE IF EXISTS bench_score, bench_change;
CREATE TABLE bench_score (LIKE scoring_score INCLUDING ALL);
CREATE TABLE bench_change (LIKE scoring_scorechange INCLUDING ALL);
INSERT INTO bench_score SELECT * FROM scoring_score;
ALTER TABLE bench_score ADD FOREIGN KEY (lead_id) REFERENCES leads_lead DEFERRABLE INITIALLY DEFERRED;
"""
# One pass over the activities in the order of the covering index, nothing sorted but what is counted once.
MEASURED: Final = """
SELECT lead_id,
    count(DISTINCT asset_id) FILTER (WHERE type_id = %(download)s AND past) AS downloads,
    count(*) FILTER (WHERE type_id = %(email_opened)s AND past AND occurred_at > first_at) AS opens,
    count(*) FILTER (WHERE type_id = %(page_view)s AND past AND category = 'pricing') AS pricing,
    count(*) FILTER (WHERE type_id = %(programme_joined)s AND past) AS programmes,
    count(*) FILTER (WHERE type_id = %(page_view)s AND past AND occurred_at > %(now)s - interval '720 hours') AS views,
    count(DISTINCT visit)
        FILTER (WHERE type_id = %(page_view)s AND past AND occurred_at > %(now)s - interval '336 hours') AS visits,
    count(*) FILTER (WHERE type_id = %(webinar_attended)s AND past) AS webinars,
    count(*) FILTER (WHERE type_id = %(demo_requested)s AND past AND occurred_at > %(now)s - interval '2160 hours')
        AS demos,
    count(*) FILTER (WHERE type_id = %(email_clicked)s AND past AND occurred_at > %(now)s - interval '720 hours')
        AS clicks,
    count(DISTINCT (occurred_at AT TIME ZONE 'UTC')::date) FILTER (WHERE type_id = %(trial_used)s AND past) AS trials,
    min(occurred_at) FILTER (WHERE NOT past) AS comes_at,
    array_agg(occurred_at)
        FILTER (WHERE type_id = %(page_view)s AND past AND occurred_at > %(now)s - interval '720 hours') AS viewed,
    array_agg(occurred_at) FILTER (WHERE type_id = %(page_view)s AND past AND visit IS NOT NULL
        AND occurred_at > %(now)s - interval '336 hours') AS visited,
    array_agg(visit) FILTER (WHERE type_id = %(page_view)s AND past AND visit IS NOT NULL
        AND occurred_at > %(now)s - interval '336 hours') AS seen,
    max(occurred_at) FILTER (WHERE type_id = %(demo_requested)s AND past
        AND occurred_at > %(now)s - interval '2160 hours') AS last_demo,
    array_agg(occurred_at) FILTER (WHERE type_id = %(email_clicked)s AND past
        AND occurred_at > %(now)s - interval '720 hours') AS clicked
FROM (
    SELECT a.lead_id, a.type_id, a.asset_id, a.visit, a.occurred_at, a.occurred_at <= %(now)s AS past, p.category,
        min(a.occurred_at) FILTER (WHERE a.type_id = %(download)s AND a.occurred_at <= %(now)s)
            OVER (PARTITION BY a.lead_id) AS first_at
    FROM leads_activity a LEFT JOIN leads_page p ON p.id = a.page_id
    WHERE a.machine IN (0, 10) AND a.type_id IN (%(download)s, %(email_opened)s, %(page_view)s,
        %(programme_joined)s, %(webinar_attended)s, %(demo_requested)s, %(email_clicked)s, %(trial_used)s)
) counted
GROUP BY lead_id
"""
COMPUTED: Final = f"""
CREATE UNLOGGED TABLE bench_computed AS
SELECT lead_id, %(criteria)s::bigint AS criteria_id, fit + engagement AS total, fit, engagement,
    CASE WHEN 4 * fit >= 3 * %(reachable_fit)s THEN 'A' WHEN 4 * fit >= 2 * %(reachable_fit)s THEN 'B'
        WHEN 4 * fit >= %(reachable_fit)s THEN 'C' ELSE 'D' END
    || CASE WHEN 4 * engagement >= 3 * %(reachable_engagement)s THEN '1'
        WHEN 4 * engagement >= 2 * %(reachable_engagement)s THEN '2'
        WHEN 4 * engagement >= %(reachable_engagement)s THEN '3' ELSE '4' END AS grade,
    matched, fit + engagement >= %(threshold)s AS qualifies, next_change_at
FROM (SELECT lead_id, least(comes_at,
        CASE WHEN t4 > 0 THEN interval '720 hours'
            + (SELECT at FROM unnest(viewed) AS v (at) ORDER BY 1 DESC OFFSET 3 * t4 - 1 LIMIT 1) END,
        CASE WHEN t5 > 0 THEN interval '336 hours' + (SELECT max(at) FROM unnest(visited, seen) AS v (at, visit)
            GROUP BY visit ORDER BY 1 DESC OFFSET 3 * t5 - 1 LIMIT 1) END,
        CASE WHEN t7 > 0 THEN last_demo + interval '2160 hours' END,
        CASE WHEN t8 > 0 THEN interval '720 hours'
            + (SELECT at FROM unnest(clicked) AS v (at) ORDER BY 1 DESC OFFSET t8 - 1 LIMIT 1) END) AS next_change_at,
    ARRAY[t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11] AS matched,
    (%(p10)s * t10 + %(p11)s * t11)::bigint AS fit,
    (%(p0)s * t0 + %(p1)s * t1 + %(p2)s * t2 + %(p3)s * t3 + %(p4)s * t4 + %(p5)s * t5 + %(p6)s * t6 + %(p7)s * t7
        + %(p8)s * t8 + %(p9)s * t9)::bigint AS engagement
FROM (SELECT l.id AS lead_id, comes_at, viewed, visited, seen, last_demo, clicked,
        least(3, coalesce(downloads, 0))::int AS t0,
        least(5, coalesce(opens, 0))::int AS t1, least(1, coalesce(pricing, 0))::int AS t2,
        least(1, coalesce(programmes, 0))::int AS t3, least(5, coalesce(views, 0) / 3)::int AS t4,
        least(1, coalesce(visits, 0) / 3)::int AS t5, least(3, coalesce(webinars, 0))::int AS t6,
        least(1, coalesce(demos, 0))::int AS t7, least(5, coalesce(clicks, 0))::int AS t8,
        least(1, coalesce(trials, 0) / 7)::int AS t9,
        CASE WHEN l.job_title ~* '\\y(vp|founder|chief|owner)\\y' THEN 1 ELSE 0 END AS t10,
        CASE WHEN c.employees BETWEEN 50 AND 500 THEN 1 ELSE 0 END AS t11
    FROM leads_lead l LEFT JOIN leads_company c ON c.id = l.company_id LEFT JOIN ({MEASURED}) m ON m.lead_id = l.id
 OFFSET 0) t OFFSET 0) s
"""  # noqa: S608 (nothing but constants)
NAMES: Final = "criteria_id, total, fit, engagement, grade, matched, qualifies, next_change_at"
# Nothing of the bench says anything about these; the engine finds that out, the floor knows it.
UNTOUCHED: Final = "bar, by_hand, is_fast_track, is_blocked, persona_id, persona_share, qualified_by"
DIFFERS: Final = "({}) IS DISTINCT FROM ({})".format(
    *(", ".join(f"{t}.{n}" for n in NAMES.split(", ")) for t in ("s", "c"))
)
WRITTEN: Final = f"""
INSERT INTO bench_change (lead_id, changed_at, criteria_id, was, total, qualifies, why)
SELECT c.lead_id, %(now)s, c.criteria_id, s.total, c.total, c.qualifies, 6
FROM bench_computed c JOIN bench_score s USING (lead_id) WHERE (s.total, s.qualifies) <> (c.total, c.qualifies);
UPDATE bench_score s SET scored_at = %(now)s, ({NAMES}) = ROW ({", ".join(f"c.{n}" for n in NAMES.split(", "))}),
    qualified_by = CASE WHEN NOT c.qualifies THEN NULL WHEN s.qualifies THEN s.qualified_by ELSE 6 END
FROM bench_computed c WHERE c.lead_id = s.lead_id AND {DIFFERS};
DROP TABLE bench_computed;
"""  # noqa: S608 (nothing but constants)


def values(*, criteria: int, points: list[int], now: datetime) -> dict[str, object]:
    """What the statements leave open."""
    times = (3, 5, 1, 1, 5, 1, 3, 1, 5, 1)
    return {
        "now": now,
        "criteria": criteria,
        "threshold": THRESHOLD,
        "reachable_fit": sum(points[10:]),
        "reachable_engagement": sum(most * worth for most, worth in zip(times, points[:10], strict=True)),
        **{f"p{index}": worth for index, worth in enumerate(points)},
        **dict(ActivityType.objects.values_list("key", "pk")),
    }


def rescore(given: dict[str, object], *, workers: int) -> None:
    """Everybody, with `workers` parallel workers beside the process itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET work_mem = '256MB'; SET random_page_cost = 1.1; SET jit = off;"
            f"SET max_parallel_workers_per_gather = {workers:d}"
        )
        cursor.execute(COMPUTED, given)
        cursor.execute(WRITTEN, given)
        cursor.execute("RESET work_mem; RESET random_page_cost; RESET jit; RESET max_parallel_workers_per_gather")
