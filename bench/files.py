"""How fast a file of leads comes in, beside an upsert of the same rows by hand."""

import bench.ready  # noqa: F401 (before any model)

import csv  # isort: skip
import io
import random
from collections.abc import Iterator
from time import perf_counter, sleep
from typing import Final

from django.db import connection

from bench.clock import Took, clocked
from bench.data import NOW
from bench.table import Row
from capture.importing import files, run
from capture.importing.plan import new_batch, set_mapping
from capture.models import ImportBatch
from capture.tasks import run_import
from lib import clock
from lib.hints import hints_held_back
from scoring.models import ScoreRequest

FLOOR: Final = "leads upserted by hand: COPY, then INSERT ON CONFLICT"
HEADINGS: Final = (
    "E-mail", "External id", "First name", "Last name", "Phone", "Job title", "Company", "Company website", "Employees",
    "Country", "City", "Channel", "Created",
)  # fmt: skip
MAPPING: Final = (
    "email", "external_id", "first_name", "last_name", "phone", "job_title", "company", "company_domain", "employees",
    "country", "city", "channel", "created_at",
)  # fmt: skip
STAGE: Final = """
CREATE TEMPORARY TABLE bench_stage (email text, external_id text, first_name text, last_name text, phone text,
    job_title text, city text) ON COMMIT DROP
"""
UPSERT: Final = """
INSERT INTO leads_lead (public_id, external_id, email, email_key, first_name, last_name, phone, job_title, country,
    city, do_not_contact, stage, status, mql_count, recycle_count, created_at, recorded_at)
SELECT gen_random_uuid(), external_id, email, email, first_name, last_name, phone, job_title, 'DE', city, false, 'lead',
    'new', 0, 0, %(now)s, %(now)s
FROM bench_stage
ON CONFLICT (email_key)
    DO UPDATE SET first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name, phone = EXCLUDED.phone,
        job_title = EXCLUDED.job_title, city = EXCLUDED.city
"""


def people(rows: int, *, name: str) -> list[list[str]]:
    """Rows of a file: two of three with a phone number, four leads of a company."""
    titles = ("VP Sales", "Clerk", "Owner", "Engineer", "Senior buyer", "")
    channels = ("paid_search", "organic_search", "referral", "event")
    return [
        [
            f"{name}-{n}@firm-{n % (rows // 4)}.example.com",
            f"{name}-{n}",
            "Ada",
            f"Lovelace {n}",
            f"+49 30 {random.randrange(1000000, 9999999)}" if n % 3 else "",
            titles[n % 6],
            f"Firm {name} {n % (rows // 4)}",
            f"firm-{n % (rows // 4)}.example.com",
            str(10 + n % (rows // 4) % 900),
            ("Germany", "FR", "United States")[n % 3],
            "Berlin",
            channels[n % 4],
            f"2026-0{1 + n % 2}-1{n % 10} 09:00",
        ]
        for n in range(rows)
    ]


def alone(rows: int) -> Iterator[Row]:
    """A file of new leads and the same again with nobody scoring; the floor in the same run."""
    given = people(rows, name="alone")
    floor = clocked(lambda: _upserted(people(rows, name="floor")))
    yield _row(FLOOR, floor, rows)
    with hints_held_back():
        for what in ("import of new leads, nobody scores beside it", "the same file again"):
            batch = _ready(given)
            took = clocked(lambda batch=batch: run.run(batch.pk, clock=clock.now))  # type: ignore[misc]
            yield _row(what, took, rows, floor=FLOOR, note=_outcome(batch))
            ScoreRequest.objects.all().delete()


def beside_scoring(rows: int) -> Row:
    """A file that the worker imports while its other process scores."""
    batch = _ready(people(rows, name="beside"))
    started = perf_counter()
    run_import.delay(batch.pk)
    while ImportBatch.objects.get(pk=batch.pk).state != ImportBatch.State.DONE:
        sleep(0.05)
    took = Took(perf_counter() - started, None)
    owed = ScoreRequest.objects.count()
    note = f"{_outcome(batch)}; {rows - owed:,} scored until its end"
    return _row("import of new leads by the worker, scoring beside it", took, rows, floor=FLOOR, note=note)


def _ready(rows: list[list[str]]) -> ImportBatch:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    file = io.BytesIO(text.getvalue().encode())
    batch = new_batch(file, name="bench.csv", kind="leads", time_zone="UTC", actor=None, now=clock.now())
    mapping = {key: column for column, key in enumerate(MAPPING)}
    set_mapping(batch, file, mapping, orders={})
    batch.stored_as = files.store(file)
    batch.save()
    run.start(batch.pk, now=clock.now())
    return batch


def _outcome(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.DONE, batch.message
    assert not batch.rejected, batch.problems.first()
    return f"{batch.created:,} new, {batch.updated:,} changed, {batch.unchanged:,} as before"


def _upserted(rows: list[list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(STAGE)
        with cursor.copy("COPY bench_stage FROM STDIN") as copy:
            for row in rows:
                copy.write_row([*row[:6], row[10]])
        cursor.execute(UPSERT, {"now": NOW})
        cursor.execute("COMMIT")


def _row(name: str, took: Took, rows: int, *, floor: str = "", note: str = "") -> Row:
    return Row(name=name, seconds=took.seconds, cpu=took.cpu, floor=floor, per_second=rows / took.seconds, note=note)
