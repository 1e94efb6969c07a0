"""How fast closed leads are replayed, beside one plain aggregate as of each lead's close, written by hand (the floor).

    python -m bench.backtest [--leads 20000] [--activities 200000]

Needs DATABASE_URL with the migrations applied. Everything happens in one transaction that is rolled back. A tenth of
the leads is won; the others were lost or never decided. The floor knows the twelve rules, asks one version at one
moment a lead, and reads nothing but counts; the backtest compares two versions and finds every first moment.
"""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
import os
import platform
import sys

from django.db import connection, transaction

from bench.clock import timed
from bench.data import NOW, RULES, criteria, publish
from leads.models import ActivityType
from scoring.backtest import asof, replay
from scoring.backtest.outcomes import outcomes
from scoring.engine.definition import load
from scoring.models import Analysis, Criteria

DATA = """
INSERT INTO leads_company (public_id, name, domain, industry, employees, country, created_at)
SELECT gen_random_uuid(), 'Bench ' || n, NULL, '', (random() * 1000)::int, '', %(now)s
FROM generate_series(1, %(leads)s / 4 + 1) n;
INSERT INTO leads_page (public_id, key, title, category, funnel_stage)
SELECT gen_random_uuid(), '/bench/' || n, '', (ARRAY['pricing', 'blog', 'product', 'home'])[1 + n %% 4], ''
FROM generate_series(1, 20) n;
INSERT INTO leads_asset (public_id, key, name, kind, funnel_stage, is_gated)
SELECT gen_random_uuid(), 'bench ' || n, 'Bench', 'ebook', '', true FROM generate_series(1, 20) n;
INSERT INTO leads_lead (public_id, external_id, email, first_name, last_name, phone, job_title, company_id, country,
    city, do_not_contact, stage, status, customer_at, mql_count, recycle_count, created_at, recorded_at)
SELECT gen_random_uuid(), 'bench-' || n, '', '', '', '',
    (ARRAY['VP Sales', 'Clerk', 'Owner', 'Engineer', 'Senior buyer', ''])[1 + n %% 6],
    (SELECT min(id) FROM leads_company WHERE name LIKE 'Bench %%') + n %% (%(leads)s / 4), '', '', false,
    CASE WHEN n %% 10 = 0 THEN 'customer' ELSE 'lead' END,
    CASE WHEN n %% 10 = 0 THEN 'converted' WHEN n %% 2 = 0 THEN 'lost' ELSE 'new' END,
    CASE WHEN n %% 10 = 0 THEN %(now)s - random() * interval '90 days' END, 0, 0,
    %(now)s - interval '365 days' + random() * interval '100 days', %(now)s
FROM generate_series(1, %(leads)s) n;
INSERT INTO leads_leadevent (lead_id, kind, at, recorded_at, agent, from_stage, to_stage, from_status, to_status,
    reason, text, data)
SELECT id, CASE status WHEN 'lost' THEN 'lead.lost' ELSE 'lead.customer' END,
    coalesce(customer_at, %(now)s - random() * interval '90 days'), %(now)s, 'bench', 'lead',
    CASE status WHEN 'lost' THEN '' ELSE 'customer' END, 'new', status, '', '', '{}'
FROM leads_lead WHERE external_id LIKE 'bench-%%' AND status <> 'new';
INSERT INTO leads_activity (lead_id, type_id, occurred_at, received_at, page_id, asset_id, visit, seconds, machine,
    message_key, digest)
SELECT (SELECT min(id) FROM leads_lead WHERE external_id LIKE 'bench-%%') + floor(random() * %(leads)s)::int,
    (SELECT min(id) FROM leads_activitytype) + floor(random() * 28)::int,
    %(now)s - random() * interval '365 days', %(now)s,
    (SELECT min(id) FROM leads_page WHERE key LIKE '/bench/%%') + floor(random() * 20)::int,
    (SELECT min(id) FROM leads_asset WHERE key LIKE 'bench %%') + floor(random() * 20)::int,
    md5((n / 3)::text)::uuid, 30, CASE WHEN random() < 0.9 THEN 0 ELSE 1 END, gen_random_uuid(), 0
FROM generate_series(1, %(activities)s) n;
ANALYZE leads_lead, leads_company, leads_activity, leads_page, leads_leadevent;
"""
# The same twelve rules by hand, as of each lead's close.
FLOOR = """
SELECT closed.lead_id, 15 * CASE WHEN l.job_title ~* '\\y(vp|founder|chief|owner)\\y' THEN 1 ELSE 0 END
    + 10 * CASE WHEN c.employees BETWEEN 50 AND 500 THEN 1 ELSE 0 END
    + 5 * least(3, coalesce(downloads, 0)) + 2 * least(5, coalesce(opens, 0)) + 10 * least(1, coalesce(pricing, 0))
    + 20 * least(1, coalesce(programmes, 0)) + 3 * least(5, coalesce(views, 0) / 3)
    + 10 * least(1, coalesce(visits, 0) / 3) + 8 * least(3, coalesce(webinars, 0)) + 25 * least(1, coalesce(demos, 0))
    + 2 * least(5, coalesce(clicks, 0)) + 20 * least(1, coalesce(trials, 0) / 7)
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS closed (lead_id, at)
JOIN leads_lead l ON l.id = closed.lead_id LEFT JOIN leads_company c ON c.id = l.company_id LEFT JOIN (
    SELECT a.lead_id,
        count(DISTINCT a.asset_id) FILTER (WHERE a.type_id = %(download)s) AS downloads,
        count(*) FILTER (WHERE a.type_id = %(email_opened)s AND a.occurred_at > first_at) AS opens,
        count(*) FILTER (WHERE a.type_id = %(page_view)s AND p.category = 'pricing') AS pricing,
        count(*) FILTER (WHERE a.type_id = %(programme_joined)s) AS programmes,
        count(*) FILTER (WHERE a.type_id = %(page_view)s AND a.occurred_at > d.at - interval '30 days') AS views,
        count(DISTINCT a.visit)
            FILTER (WHERE a.type_id = %(page_view)s AND a.occurred_at > d.at - interval '14 days') AS visits,
        count(*) FILTER (WHERE a.type_id = %(webinar_attended)s) AS webinars,
        count(*) FILTER (WHERE a.type_id = %(demo_requested)s AND a.occurred_at > d.at - interval '90 days') AS demos,
        count(*) FILTER (WHERE a.type_id = %(email_clicked)s AND a.occurred_at > d.at - interval '30 days') AS clicks,
        count(DISTINCT a.occurred_at::date) FILTER (WHERE a.type_id = %(trial_used)s) AS trials
    FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS d (lead_id, at)
    JOIN leads_activity a ON a.lead_id = d.lead_id AND a.occurred_at <= d.at
    LEFT JOIN leads_page p ON p.id = a.page_id LEFT JOIN (
        SELECT f.lead_id, min(occurred_at) AS first_at FROM leads_activity f
        JOIN unnest(%(ids)s::bigint[], %(ats)s::timestamptz[]) AS e (lead_id, at)
        ON e.lead_id = f.lead_id AND f.occurred_at <= e.at
        WHERE type_id = %(download)s AND machine IN (0, 10) GROUP BY f.lead_id
    ) f ON f.lead_id = a.lead_id
    WHERE a.machine IN (0, 10) AND a.type_id IN (%(download)s, %(email_opened)s, %(page_view)s, %(programme_joined)s,
        %(webinar_attended)s, %(demo_requested)s, %(email_clicked)s, %(trial_used)s)
    GROUP BY a.lead_id
) m ON m.lead_id = closed.lead_id
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=20_000)
    options.add_argument("--activities", type=int, default=200_000)
    given, _others = options.parse_known_args()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SELECT setseed(0.5)")
            cursor.execute(DATA, {"now": NOW, "leads": given.leads, "activities": given.activities})
        measure(given.activities)
        transaction.set_rollback(True)


def measure(activities: int) -> None:
    held, draft = publish(criteria()), criteria(threshold=40)
    found = outcomes(days=180, now=NOW)
    asked = [(lead.lead_id, lead.before) for lead in found.closed]
    scored = asof.lateral(load(held))
    types = dict(ActivityType.objects.values_list("key", "pk"))

    def floor() -> dict[int, int]:
        ids, ats = [lead_id for lead_id, _at in asked], [at for _lead_id, at in asked]
        with connection.cursor() as cursor:
            cursor.execute(FLOOR, {"ids": ids, "ats": ats, **types})
            return dict(cursor.fetchall())

    def closes() -> dict[int, asof.Then]:
        return {
            key: value
            for start in range(0, len(asked), replay.CHUNK)
            for key, value in asof.scores(scored, asked[start : start + replay.CHUNK]).items()
        }

    check(floor(), closes())
    rows = [
        ("floor: one aggregate by hand at each close", timed(floor)),
        ("engine: one version at each close", timed(closes)),
        ("backtest: in force alone, with its advice", timed(lambda: answer(held))),
        ("backtest: two versions", timed(lambda: answer(draft))),
    ]
    print(
        f"{len(asked):,} closed leads, {activities:,} activities, {len(RULES)} rules; {os.cpu_count()} cores,", end=" "
    )
    print(f"{platform.machine()}; Python {platform.python_version()}\n")
    print(f"{'':<46}{'ms':>10}{'x floor':>10}{'leads/s':>12}")
    for name, took in rows:
        print(f"{name:<46}{took * 1000:>10.1f}{took / rows[0][1]:>10.2f}{len(asked) / took:>12,.0f}")


def answer(version: Criteria) -> dict[str, object]:
    """What the worker does, without storing it."""
    work = replay.run(Analysis(kind="backtest", criteria=version, options={"days": 180}), now=NOW)
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: dict[str, object] = end.value
            return result


def check(by_hand: dict[int, int], replayed: dict[int, asof.Then]) -> None:
    """The two results are the same, or the comparison is worth nothing."""
    differ = [key for key, value in by_hand.items() if replayed[key].total != value]
    if differ or len(by_hand) != len(replayed):
        sys.exit(f"The replay and the floor differ for {len(differ)} of {len(by_hand)} leads.")
    print(
        f"Both agree on {len(by_hand):,} leads, {sum(each.qualifies for each in replayed.values()):,} of which qualify."
    )


if __name__ == "__main__":
    main()
