"""How fast the engine scores, beside the same result by SQL written by hand (the floor), in one run.

    python bench/score.py [--leads 20000] [--activities 200000]

Needs DATABASE_URL with the migrations applied. Everything happens in one transaction that is rolled back. The
figures are the best of three; the ratios are what to compare between machines.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (after setup)
from django.db.models import Max  # noqa: E402

from leads.models import ActivityType, Lead  # noqa: E402
from scoring import sql  # noqa: E402
from scoring.definition import load  # noqa: E402
from scoring.models import Criteria, Rule, Why  # noqa: E402
from scoring.pieces import written  # noqa: E402

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TITLES = ["vp", "founder", "chief", "owner"]
RULES: tuple[dict[str, Any], ...] = (
    {"type": "download", "measure": "assets", "points": 5, "max_times": 3},
    {"type": "email_opened", "after": "download", "points": 2, "max_times": 5},
    {"type": "page_view", "page_category": "pricing", "points": 10},
    {"type": "programme_joined", "points": 20},
    {"type": "page_view", "within_days": 30, "at_least": 3, "points": 3, "max_times": 5},
    {"type": "page_view", "within_days": 14, "measure": "visits", "at_least": 3, "points": 10},
    {"type": "webinar_attended", "points": 8, "max_times": 3},
    {"type": "demo_requested", "within_days": 90, "points": 25},
    {"type": "email_clicked", "within_days": 30, "points": 2, "max_times": 5},
    {"type": "trial_used", "measure": "days", "at_least": 7, "points": 20},
    {"kind": "fit", "field": "job_title", "operator": "contains", "values": TITLES, "points": 15},
    {"kind": "fit", "field": "company_employees", "operator": "between", "values": [50, 500], "points": 10},
)
LEADS = """
INSERT INTO leads_company (public_id, name, domain, industry, employees, country, created_at)
SELECT gen_random_uuid(), 'Bench ' || n, NULL, '', (random() * 1000)::int, '', %(now)s
FROM generate_series(1, %(leads)s / 4 + 1) n;
INSERT INTO leads_lead (public_id, external_id, email, first_name, last_name, phone, job_title, company_id, country,
    city, do_not_contact, stage, status, mql_count, recycle_count, created_at, recorded_at)
SELECT gen_random_uuid(), 'bench-' || n, '', '', '', '',
    (ARRAY['VP Sales', 'Clerk', 'Owner', 'Engineer', 'Senior buyer', ''])[1 + n %% 6],
    (SELECT min(id) FROM leads_company WHERE name LIKE 'Bench %%') + n %% (%(leads)s / 4), '', '', false, 'lead',
    'new', 0, 0, %(now)s, %(now)s
FROM generate_series(1, %(leads)s) n;
INSERT INTO leads_page (public_id, key, title, category, funnel_stage)
SELECT gen_random_uuid(), '/bench/' || n, '', (ARRAY['pricing', 'blog', 'product', 'home'])[1 + n %% 4], ''
FROM generate_series(1, 20) n;
INSERT INTO leads_asset (public_id, key, name, kind, funnel_stage, is_gated)
SELECT gen_random_uuid(), 'bench ' || n, 'Bench', 'ebook', '', true FROM generate_series(1, 20) n;
"""
ACTIVITIES = """
INSERT INTO leads_activity (lead_id, type_id, occurred_at, received_at, page_id, asset_id, visit, seconds, machine,
    message_key, digest)
SELECT (SELECT min(id) FROM leads_lead WHERE external_id LIKE 'bench-%%') + floor(random() * %(leads)s)::int,
    (SELECT min(id) FROM leads_activitytype) + floor(random() * 28)::int,
    %(now)s - random() * interval '365 days', %(now)s,
    (SELECT min(id) FROM leads_page WHERE key LIKE '/bench/%%') + floor(random() * 20)::int,
    (SELECT min(id) FROM leads_asset WHERE key LIKE 'bench %%') + floor(random() * 20)::int,
    md5((n / 3)::text)::uuid, 30, CASE WHEN random() < 0.9 THEN 0 ELSE 1 END, gen_random_uuid(), 0
FROM generate_series(1, %(activities)s) n;
"""
# The same twelve rules by hand: what somebody would write who had only these, with the same write-back.
FLOOR = """
INSERT INTO bench_score (lead_id, criteria_id, total, fit, engagement, grade, matched, bar, qualifies, is_fast_track,
    is_blocked, scored_at)
SELECT lead_id, %(criteria)s, fit + engagement, fit, engagement, '', matched, 30, fit + engagement >= 30, false, false,
    %(now)s
FROM (SELECT lead_id, ARRAY[t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11] AS matched, 15 * t10 + 10 * t11 AS fit,
    5 * t0 + 2 * t1 + 10 * t2 + 20 * t3 + 3 * t4 + 10 * t5 + 8 * t6 + 25 * t7 + 2 * t8 + 20 * t9 AS engagement
FROM (SELECT l.id AS lead_id,
        least(3, coalesce(downloads, 0)) AS t0, least(5, coalesce(opens, 0)) AS t1, least(1, coalesce(pricing, 0))
            AS t2, least(1, coalesce(programmes, 0)) AS t3, least(5, coalesce(views, 0) / 3) AS t4,
        least(1, coalesce(visits, 0) / 3) AS t5, least(3, coalesce(webinars, 0)) AS t6,
        least(1, coalesce(demos, 0)) AS t7, least(5, coalesce(clicks, 0)) AS t8,
        least(1, coalesce(trials, 0) / 7) AS t9,
        CASE WHEN l.job_title ~* '\\y(vp|founder|chief|owner)\\y' THEN 1 ELSE 0 END AS t10,
        CASE WHEN c.employees BETWEEN 50 AND 500 THEN 1 ELSE 0 END AS t11
    FROM leads_lead l LEFT JOIN leads_company c ON c.id = l.company_id LEFT JOIN (
        SELECT a.lead_id,
            count(DISTINCT a.asset_id) FILTER (WHERE a.type_id = %(download)s) AS downloads,
            count(*) FILTER (WHERE a.type_id = %(email_opened)s AND a.occurred_at > first_at) AS opens,
            count(*) FILTER (WHERE a.type_id = %(page_view)s AND p.category = 'pricing') AS pricing,
            count(*) FILTER (WHERE a.type_id = %(programme_joined)s) AS programmes,
            count(*) FILTER (WHERE a.type_id = %(page_view)s AND a.occurred_at > %(now)s - interval '30 days') AS views,
            count(DISTINCT a.visit)
                FILTER (WHERE a.type_id = %(page_view)s AND a.occurred_at > %(now)s - interval '14 days') AS visits,
            count(*) FILTER (WHERE a.type_id = %(webinar_attended)s) AS webinars,
            count(*) FILTER (WHERE a.type_id = %(demo_requested)s AND a.occurred_at > %(now)s - interval '90 days')
                AS demos,
            count(*) FILTER (WHERE a.type_id = %(email_clicked)s AND a.occurred_at > %(now)s - interval '30 days')
                AS clicks,
            count(DISTINCT a.occurred_at::date) FILTER (WHERE a.type_id = %(trial_used)s) AS trials
        FROM leads_activity a LEFT JOIN leads_page p ON p.id = a.page_id LEFT JOIN (
            SELECT lead_id, min(occurred_at) AS first_at FROM leads_activity
            WHERE type_id = %(download)s AND machine IN (0, 10) AND occurred_at <= %(now)s GROUP BY lead_id
        ) f ON f.lead_id = a.lead_id
        WHERE a.machine IN (0, 10) AND a.occurred_at <= %(now)s AND a.type_id IN (%(download)s, %(email_opened)s,
            %(page_view)s, %(programme_joined)s, %(webinar_attended)s, %(demo_requested)s, %(email_clicked)s,
            %(trial_used)s)
        GROUP BY a.lead_id
    ) m ON m.lead_id = l.id WHERE l.external_id LIKE 'bench-%%'
 OFFSET 0) t) s
ON CONFLICT (lead_id) DO UPDATE SET total = EXCLUDED.total, fit = EXCLUDED.fit, engagement = EXCLUDED.engagement,
    matched = EXCLUDED.matched, qualifies = EXCLUDED.qualifies
WHERE (bench_score.total, bench_score.matched) IS DISTINCT FROM (EXCLUDED.total, EXCLUDED.matched)
"""
# A table like the engine's, so that writing costs the same.
FLOOR_TABLE = """
CREATE TABLE bench_score (LIKE scoring_score INCLUDING INDEXES);
ALTER TABLE bench_score ADD FOREIGN KEY (lead_id) REFERENCES leads_lead,
    ADD FOREIGN KEY (criteria_id) REFERENCES scoring_criteria;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=20_000)
    options.add_argument("--activities", type=int, default=200_000)
    given = options.parse_args()
    with transaction.atomic():
        fill(leads=given.leads, activities=given.activities)
        bench(given.leads, given.activities)
        transaction.set_rollback(True)


def fill(*, leads: int, activities: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SELECT setseed(0.5)")
        for text in (LEADS, ACTIVITIES):
            cursor.execute(text, {"now": NOW, "leads": leads, "activities": activities})
        cursor.execute(FLOOR_TABLE)
        cursor.execute("ANALYZE leads_lead, leads_company, leads_activity, leads_page, scoring_score")


def criteria() -> Criteria:
    number = (Criteria.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Criteria.objects.create(number=number, sentence="Bench", created_at=NOW)
    types = {each.key: each for each in ActivityType.objects.all()}
    for position, given in enumerate(RULES):
        rule = {"kind": "behaviour", "name": f"rule {position}"} | given
        rule["activity_type"] = types.get(rule.pop("type", ""))
        rule["after_activity_type"] = types.get(rule.pop("after", ""))
        Rule.objects.create(criteria=made, position=position, **rule)
    return made


def bench(leads: int, activities: int) -> None:
    ids = list(Lead.objects.filter(external_id__startswith="bench-").order_by("pk").values_list("pk", flat=True))
    started = perf_counter()
    definition = load(criteria())
    statement = sql.statement(definition)
    compiling = perf_counter() - started
    types = dict(ActivityType.objects.values_list("key", "pk"))

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR, {"now": NOW, "criteria": definition.criteria.pk, **types})

    def engine(keys: list[int], size: int) -> Callable[[], None]:
        def run() -> None:
            for start in range(0, len(keys), size):
                batch = keys[start : start + size]
                written(statement, lead_ids=batch, now=NOW, whys=[Why.PUBLICATION] * len(batch))

        return run

    everything, touched = len(ids), ids[::20]
    rows: list[tuple[str, float]] = [
        ("floor: by hand, all rows written", timed(floor, before="TRUNCATE bench_score")),
        ("engine: one batch, all rows written", timed(engine(ids, everything), before="TRUNCATE scoring_score")),
        ("engine: batches of 1,000, all rows written", timed(engine(ids, 1000), before="TRUNCATE scoring_score")),
        ("floor: by hand, nothing differs", timed(floor, before="ANALYZE scoring_score, bench_score")),
        ("engine: one batch, nothing differs", timed(engine(ids, everything))),
        ("engine: batches of 1,000, nothing differs", timed(engine(ids, 1000))),
        ("engine: 5 % of the leads, nothing differs", timed(engine(touched, 1000))),
        ("engine: one batch of 1,000", timed(engine(ids[:1000], 1000))),
        ("engine: one lead", timed(engine(ids[:1], 1))),
    ]
    check()
    print(
        f"{leads:,} leads, {activities:,} activities, {len(RULES)} rules; {os.cpu_count()} cores, {platform.machine()};"
    )
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [server] = cursor.fetchone()
    print(f"PostgreSQL {server}, Python {platform.python_version()}; compiled in {compiling * 1000:.0f} ms\n")
    print(f"{'':<46}{'ms':>10}{'x floor':>10}{'leads/s':>12}")
    best = {True: rows[0][1], False: rows[3][1]}
    for name, took in rows:
        count = {"engine: one lead": 1, "engine: one batch of 1,000": 1000}.get(name, everything)
        count = len(touched) if "5 %" in name else count
        ratio = took / best["differs" not in name]
        print(f"{name:<46}{took * 1000:>10.1f}{ratio:>10.2f}{count / took:>12,.0f}")


def timed(work: Callable[[], object], *, before: str = "") -> float:
    """The best of three runs, in seconds."""
    best = float("inf")
    for _ in range(3):
        if before:
            with connection.cursor() as cursor:
                cursor.execute(before)
        started = perf_counter()
        work()
        best = min(best, perf_counter() - started)
    return best


def check() -> None:
    """The two results are the same, or the comparison is worth nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE b.qualifies) FROM bench_score b JOIN scoring_score s"
            " USING (lead_id) WHERE (b.total, b.matched, b.qualifies) = (s.total, s.matched, s.qualifies)"
        )
        same, qualifying = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM bench_score")
        [everything] = cursor.fetchone()
    if same != everything:
        sys.exit(f"The engine and the floor differ for {everything - same} of {everything} leads.")
    print(f"Both agree on {same:,} leads, {qualifying:,} of which qualify.")


if __name__ == "__main__":
    main()
