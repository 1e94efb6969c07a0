"""Leads as a list shows them: with names, companies, sources, stages and scores, made by the database."""

import bench.ready  # noqa: F401 (before any model)

from typing import Final  # isort: skip

from django.db import connection
from django.utils import timezone

from scoring.models import Criteria

# Whose values they are sorted and found by: 240 first names, 3,000 last names, 17 titles, a company for four leads.
# Most are leads, one of a thousand is a customer; nine of ten have a score, one of ten moved in the last seven days.
SHARED: Final = """
INSERT INTO leads_channel (public_id, key, name, needs_mapping)
SELECT gen_random_uuid(), 'bench-' || n, 'Bench channel ' || n, false FROM generate_series(1, 12) n;
INSERT INTO leads_campaign (public_id, key, name) SELECT gen_random_uuid(), 'bench-' || n, 'Bench campaign ' || n
FROM generate_series(1, 40) n;
INSERT INTO scoring_persona (name, description, is_icp, position, is_active)
SELECT 'Bench persona ' || n, '', false, n, true FROM generate_series(1, 3) n;
INSERT INTO capture_importbatch (public_id, file_name, encoding, delimiter, created_by_id, created_at, touched_at,
    kind, state, stored_as, columns, mapping, time_zone, date_orders, new_channels, rows, created, updated, unchanged,
    rejected, done_to_line, attempts, message)
SELECT gen_random_uuid(), 'bench-' || n || '.csv', 'utf-8', ',', %(person)s, %(now)s, %(now)s, 'leads', 'running', '',
    '[]', '{}', 'UTC', '{}', '[]', 0, 0, 0, 0, 0, 0, 0, '' FROM generate_series(1, 5) n;
"""
SYLLABLES: Final = "ARRAY['ba','do','ri','mon','ka','lu','ste','van','jo','hei','al','er','mi','ou','za']"
PEOPLE: Final = f"""
CREATE TEMPORARY TABLE words ON COMMIT PRESERVE ROWS AS
SELECT initcap(a || b || c) AS word, row_number() OVER (ORDER BY md5(a || b || c)) - 1 AS place
FROM unnest({SYLLABLES}) a, unnest({SYLLABLES}) b, unnest({SYLLABLES}) c;
CREATE INDEX ON words (place);
ANALYZE words;
INSERT INTO leads_company (public_id, name, domain, industry, employees, country, created_at)
SELECT gen_random_uuid(), word || ' ' || (ARRAY['Ltd', 'GmbH', 'Industries', 'Software', 'and Sons'])[1 + n %% 5],
    lower(word) || n || '.example', '', (random() * 1000)::int, 'PT', %(now)s
FROM generate_series(%(first)s / 4 + 1, %(last)s / 4) n JOIN words ON place = n %% 3375;
INSERT INTO leads_lead (public_id, external_id, email, email_key, first_name, last_name, phone, job_title, company_id,
    country, city, do_not_contact, stage, status, customer_at, owner_id, mql_count, recycle_count, first_channel_id,
    first_touch_at, created_at, recorded_at)
SELECT gen_random_uuid(), 'crm-' || n, address, address, one.word, two.word, '',
    (ARRAY['VP Sales', 'Clerk', 'Owner', 'Engineer', 'Senior buyer', '', 'Head of marketing', 'Founder', 'Student',
        'Consultant', 'Chief technology officer', 'Analyst', 'Procurement', 'Director', 'Sales manager', 'Intern',
        'Partner'])[1 + n %% 17],
    company.id, 'PT', '', false, stage, (ARRAY['new', 'nurturing', 'recycled', 'awaiting_sales', 'working',
        'disqualified', 'converted', 'lost'])[1 + floor(8 * random() ^ 5)::int],
    CASE stage WHEN 'customer' THEN %(now)s END, CASE WHEN n %% 500 = 0 THEN %(person)s::bigint END, 0, 0,
    (SELECT min(id) FROM leads_channel WHERE key LIKE 'bench-%%') + floor(12 * random() ^ 3)::int,
    seen_at - interval '1 day', %(now)s - interval '1000 days' * random(), %(now)s
FROM generate_series(%(first)s + 1, %(last)s) n
CROSS JOIN LATERAL (SELECT CASE WHEN random() < 0.8 THEN %(now)s - interval '365 days' * random() ^ 2 END AS seen_at,
    (ARRAY['lead', 'mql', 'sal', 'sql', 'opportunity', 'customer'])[1 + floor(6 * random() ^ 40)::int] AS stage
    WHERE n > 0)
JOIN words one ON one.place = (n * 7) %% 240 JOIN words two ON two.place = (n * 31) %% 3000
CROSS JOIN LATERAL (SELECT lower(one.word || '.' || two.word) || n || '@mail' || n %% 900 || '.example' AS address)
JOIN leads_company company ON company.id = (SELECT min(id) FROM leads_company) + n %% (%(last)s / 4);
INSERT INTO leads_lasttouch (lead_id, at, campaign_id)
SELECT id, first_touch_at + interval '1 day',
    (SELECT min(id) FROM leads_campaign WHERE key LIKE 'bench-%%') + floor(40 * random() ^ 3)::int
FROM leads_lead WHERE id > %(known)s AND first_touch_at IS NOT NULL;
INSERT INTO scoring_score (lead_id, criteria_id, total, fit, engagement, by_hand, grade, matched, bar, qualifies,
    is_fast_track, is_blocked, persona_id, persona_share, scored_at)
SELECT id, %(criteria)s, total, total / 3, total - total / 3, 0, 'B2', '{{}}', 60, false, false, false,
    (SELECT min(id) FROM scoring_persona WHERE name LIKE 'Bench %%') + floor(3 * random() ^ 3)::int, 50, %(now)s
FROM leads_lead CROSS JOIN LATERAL (SELECT floor(120 * random() ^ 3)::int AS total WHERE id > 0)
WHERE id > %(known)s AND id %% 10 > 0;
INSERT INTO scoring_scorechange (lead_id, changed_at, criteria_id, was, total, qualifies, why)
SELECT id, %(now)s - interval '7 days' * random(), %(criteria)s, floor(40 * random())::int, floor(60 * random())::int,
    false, 1 + 3 * (id %% 2)
FROM leads_lead WHERE id > %(known)s AND id %% 100 > 100 - %(moved)s;
INSERT INTO capture_importedlead (lead_id, batch_id)
SELECT id, (SELECT min(id) FROM capture_importbatch WHERE file_name LIKE 'bench-%%') + floor(5 * random() ^ 3)::int
FROM leads_lead WHERE id > %(known)s AND id %% 3 = 0;
DROP TABLE words;
"""  # noqa: S608 (nothing but constants)
# Keys are right by construction. The words leads are found by are made by a trigger all the same.
PREPARE: Final = """
SET statement_timeout = 0; SET session_replication_role = replica; SET maintenance_work_mem = '512MB';
ALTER TABLE leads_lead ENABLE ALWAYS TRIGGER leads_search_is_kept;
SELECT setseed(0.5);
"""
SECONDARY: Final = """
SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname
JOIN pg_index ON indexrelid = pg_class.oid WHERE tablename = 'leads_lead' AND NOT indisunique
"""
GONE: Final = """
SET session_replication_role = replica;
TRUNCATE leads_lead, leads_lasttouch, leads_company, leads_channel, leads_campaign, scoring_persona,
    capture_importbatch CASCADE;
RESET session_replication_role;
"""


def fill(*, first: int, last: int, criteria: Criteria, person: int, moved: int = 10) -> None:
    """Makes the leads from one number to another, and leaves the tables as autovacuum would.

    `moved`: of how many in a hundred the score moved in the last seven days.
    """
    given = {
        "now": timezone.now(),
        "first": first,
        "last": last,
        "criteria": criteria.pk,
        "person": person,
        "moved": moved,
    }
    with connection.cursor() as cursor:
        cursor.execute(PREPARE)
        if not first:
            cursor.execute(SHARED, given)
        cursor.execute("SELECT coalesce(max(id), 0) FROM leads_lead")
        [given["known"]] = cursor.fetchone()
        cursor.execute(SECONDARY)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(PEOPLE, given)
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER leads_search_is_kept; RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")


def forget() -> None:
    """Leaves the tables empty for the next bench."""
    with connection.cursor() as cursor:
        cursor.execute(GONE)
