"""How fast a what-if is answered, beside a bare count over the scores (the floor), in one run.

    python bench/whatif.py [--leads 100000]

Needs DATABASE_URL with the migrations applied. Everything happens in one transaction that is rolled back. The
figures are the best of three; the ratios are what to compare between machines. There are no activities: a what-if
never reads them (--activities is taken, so that `make bench` can give all benches the same options).
"""

import argparse
import os
import platform
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (after setup)

from bench.score import LEADS, NOW, criteria, timed  # noqa: E402
from scoring.definition import Definition, load  # noqa: E402
from scoring.whatif import Numbers, ask, moved, shadow  # noqa: E402
from scoring.whatif_sql import edge, tallies  # noqa: E402

# Evidence at random, twelve rules long; the totals it makes are computed by the same rules of arithmetic.
SCORES = """
INSERT INTO scoring_score (lead_id, criteria_id, total, fit, engagement, grade, matched, bar, qualifies, is_fast_track,
    is_blocked, scored_at)
SELECT lead_id, %(criteria)s, total, 15 * m[11] + 10 * m[12], total - 15 * m[11] - 10 * m[12], '', m, 30, total >= 30,
    false, false, %(now)s
FROM (SELECT lead_id, m, 5 * m[1] + 2 * m[2] + 10 * m[3] + 20 * m[4] + 3 * m[5] + 10 * m[6] + 8 * m[7] + 25 * m[8]
        + 2 * m[9] + 20 * m[10] + 15 * m[11] + 10 * m[12] AS total
    FROM (SELECT id AS lead_id, ARRAY[n %% 4, n %% 3, (n %% 5 = 0)::int, (n %% 17 = 0)::int, n %% 2,
            (n %% 7 = 0)::int, (n %% 11 = 0)::int, (n %% 19 = 0)::int, n %% 3, (n %% 23 = 0)::int, (n %% 6 = 0)::int,
            (n %% 4 = 0)::int] AS m
        FROM (SELECT id, floor(random() * 1000000)::int AS n FROM leads_lead WHERE external_id LIKE 'bench-%%') AS l
        OFFSET 0) AS evidence
    OFFSET 0) AS summed
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--activities", type=int, help="taken and not used")
    leads = options.parse_args().leads
    with transaction.atomic():
        definition = load(criteria())
        fill(definition, leads=leads)
        bench(definition, leads)
        transaction.set_rollback(True)


def fill(definition: Definition, *, leads: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SELECT setseed(0.5)")
        cursor.execute(LEADS, {"now": NOW, "leads": leads})
        cursor.execute(SCORES, {"now": NOW, "criteria": definition.criteria.pk})
        cursor.execute("ANALYZE leads_lead, scoring_score")


def bench(definition: Definition, leads: int) -> None:
    numbers = replace(
        Numbers.of(definition), threshold=40, engagement_cap=50, points={rule.pk: 7 for rule in definition.rules}
    )
    new = moved(definition, numbers)
    thresholds = list(range(5, 85, 5))

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE total >= bar) FROM scoring_score WHERE criteria_id = %s",
                [definition.criteria.pk],
            )

    rows = [
        ("floor: a bare count over the scores", timed(floor)),
        ("every count, in one statement", timed(lambda: tallies(definition, new, thresholds, now=NOW))),
        ("the leads at the edge", timed(lambda: edge(definition, new, now=NOW))),
        ("the whole answer", timed(lambda: ask(definition, numbers, now=NOW))),
        ("the thresholds on the agreement", timed(lambda: shadow(definition, now=NOW))),
    ]
    answer = ask(definition, numbers, now=NOW)
    if answer.everybody.leads < leads:
        sys.exit(f"Only {answer.everybody.leads:,} of {leads:,} leads were counted.")
    print(f"{leads:,} scores, {len(definition.rules)} rules; {os.cpu_count()} cores, {platform.machine()};")
    print(f"{answer.everybody.before:,} qualify, {answer.everybody.after:,} would.\n")
    print(f"{'':<46}{'ms':>10}{'x floor':>10}")
    for name, took in rows:
        print(f"{name:<46}{took * 1000:>10.1f}{took / rows[0][1]:>10.1f}")


if __name__ == "__main__":
    main()
