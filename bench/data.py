"""What the benches measure on: leads and activities made by the database, and criteria of twelve rules."""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from accounts.roles import MARKETING, SALES_MANAGER
from leads.models import ActivityType
from scoring.criteria import publication
from scoring.models import Criteria, Rule, Signature

NOW: Final = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TITLES: Final = ["vp", "founder", "chief", "owner"]
RULES: Final[tuple[dict[str, object], ...]] = (
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
# With it some two of a hundred leads qualify.
THRESHOLD: Final = 60
POINTS: Final = [rule["points"] for rule in RULES]
LEADS: Final = """
INSERT INTO leads_company (public_id, name, domain, industry, employees, country, created_at)
SELECT gen_random_uuid(), 'Bench ' || n, NULL, '', (random() * 1000)::int, '', %(now)s
FROM generate_series(1, %(leads)s / 4 + 1) n;
INSERT INTO leads_lead (public_id, external_id, email, first_name, last_name, phone, job_title, company_id, country,
    city, do_not_contact, stage, status, mql_count, recycle_count, first_touch_at, created_at, recorded_at)
SELECT gen_random_uuid(), 'bench-' || n, '', '', '', '',
    (ARRAY['VP Sales', 'Clerk', 'Owner', 'Engineer', 'Senior buyer', ''])[1 + n %% 6],
    (SELECT min(id) FROM leads_company WHERE name LIKE 'Bench %%') + n %% (%(leads)s / 4), '', '', false, 'lead',
    'new', 0, 0, %(now)s - interval '365 days', %(now)s, %(now)s
FROM generate_series(1, %(leads)s) n;
INSERT INTO leads_lasttouch (lead_id, at) SELECT id, %(now)s FROM leads_lead WHERE external_id LIKE 'bench-%%';
INSERT INTO leads_leadidentifier (lead_id, system, external_id)
SELECT id, '', external_id FROM leads_lead WHERE external_id LIKE 'bench-%%' ORDER BY external_id;
INSERT INTO leads_page (public_id, key, title, category, funnel_stage)
SELECT gen_random_uuid(), '/bench/' || n, '', (ARRAY['pricing', 'blog', 'product', 'home'])[1 + n %% 4], ''
FROM generate_series(1, 20) n;
INSERT INTO leads_asset (public_id, key, name, kind, funnel_stage, is_gated)
SELECT gen_random_uuid(), 'bench ' || n, 'Bench', 'ebook', '', true FROM generate_series(1, 20) n;
"""
# In the order in which they happened, as activities arrive: those of one lead lie far apart.
ACTIVITIES: Final = """
INSERT INTO leads_activity (lead_id, type_id, occurred_at, received_at, page_id, asset_id, visit, seconds, machine,
    message_key, digest)
SELECT (SELECT min(id) FROM leads_lead WHERE external_id LIKE 'bench-%%') + floor(random() * %(leads)s)::int,
    (SELECT min(id) FROM leads_activitytype) + floor(random() * 28)::int,
    %(now)s - interval '365 days' * (1 - n::double precision / %(activities)s), %(now)s,
    (SELECT min(id) FROM leads_page WHERE key LIKE '/bench/%%') + floor(random() * 20)::int,
    (SELECT min(id) FROM leads_asset WHERE key LIKE 'bench %%') + floor(random() * 20)::int,
    md5((n / 3)::text)::uuid, 30, CASE WHEN random() < 0.9 THEN 0 ELSE 1 END,
    lpad(to_hex(n), 32, '0')::uuid, 0
FROM generate_series(1, %(activities)s) n;
"""
# Loading is not what is measured: keys are right by construction, and an index is faster built than filled. No trigger
# runs, so what triggers keep is made above.
PREPARE: Final = """
SET statement_timeout = 0; SET session_replication_role = replica; SET maintenance_work_mem = '512MB';
SELECT setseed(0.5);
"""


def fill(*, leads: int, activities: int) -> None:
    """Makes the data, then leaves the tables as autovacuum would."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
        cursor.execute(LEADS, {"now": NOW, "leads": leads})
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'activity_to_score'")
        [index] = cursor.fetchone()
        cursor.execute("DROP INDEX activity_to_score")
        cursor.execute(ACTIVITIES, {"now": NOW, "leads": leads, "activities": activities})
        cursor.execute(index)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")


def criteria(points: Sequence[int] = POINTS, *, threshold: int = 30) -> Criteria:
    """A draft with the twelve rules, worth this much."""
    number = (Criteria.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Criteria.objects.create(number=number, sentence="Bench", threshold=threshold, created_at=NOW)
    types = {each.key: each for each in ActivityType.objects.all()}
    for position, (given, worth) in enumerate(zip(RULES, points, strict=True)):
        rule = {"kind": "behaviour", "name": f"rule {position}"} | given | {"points": worth}
        rule["activity_type"] = types.get(rule.pop("type", ""))
        rule["after_activity_type"] = types.get(rule.pop("after", ""))
        Rule.objects.create(criteria=made, position=position, **rule)
    return made


def publish(draft: Criteria) -> Criteria:
    """On the way people take: proposed, signed by both sides, put into force."""
    now = timezone.now()
    marketer, manager = person("marketing", MARKETING), person("sales", SALES_MANAGER)
    publication.propose(criteria_id=draft.pk, actor=marketer, now=now)
    for side, actor in ((Signature.Side.MARKETING, marketer), (Signature.Side.SALES, manager)):
        publication.sign(criteria_id=draft.pk, side=side, actor=actor, now=now)
    return publication.publish(criteria_id=draft.pk, actor=manager, now=now)


def person(name: str, role: str) -> User:
    """Somebody with this role; the same one when asked again."""
    email = f"{name}@bench.example"
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_user(email, "unused", name=name, roles=[role])


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--activities", type=int, default=1_000_000)
    given = options.parse_args()
    fill(leads=given.leads, activities=given.activities)
