"""One real worker, end to end: an activity comes in, and the rep has mail."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis

from accounts.models import User
from handoff.models import Handoff
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from scoring.models import Score
from tests.caching import clear_own_cache
from tests.outbox.sink import Sink, listening

ROOT = Path(__file__).resolve().parent.parent
# It has to take away the marks of hints that this process sets.
START = """
from config import settings
settings.CACHES["default"]["KEY_PREFIX"] = "{prefix}"
from celery.__main__ import main
main()
"""


@pytest.fixture
def mailbox() -> Iterator[Sink]:
    with listening() as sink:
        yield sink


@pytest.fixture
def worker(transactional: None, mailbox: Sink, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the test's own database, as production runs it."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "REDIS_URL": settings.REDIS_URL,
        "BATON_EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    # Tests with real commits leave hints that nobody takes, and marks that keep the same ones from being sent.
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("ingest", "default", "mail", "webhooks", "imports")
    clear_own_cache()
    log = (tmp_path / "worker.log").open("wb")
    command = [
        sys.executable, "-c", START.format(prefix=settings.CACHES["default"]["KEY_PREFIX"]),
        "-A", "config.celery", "worker", "-Q", "ingest,default,mail,webhooks,imports",
        "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    yield process
    process.terminate()
    process.wait(40)
    log.close()


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


def connections_of_others() -> set[int]:
    """The processes that serve connections to the test's database, but for this test's own."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(others)
        return {pid for (pid,) in cursor.fetchall()}


def terminate(connections: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid", [list(connections)])


@pytest.mark.slow
class TestOneRealWorker:
    def test_a_lead_that_qualifies_is_with_a_rep_and_the_rep_has_mail(
        self, worker: subprocess.Popen[bytes], mailbox: Sink, rep: User
    ) -> None:
        now = timezone.now()
        founder = LeadInput(email="ada@example.com", first_name="Ada", job_title="Founder", company="A", employees=99)
        looked = ActivityInput(message_id="1", type="page_view", page="/pricing", lead=founder, occurred_at=now)
        take_activities([looked], agent=Agent(name="website"), source="website", now=now)
        assert eventually(Handoff.objects.filter(state="waiting", assignee=rep).exists), "no handoff"
        assert eventually(lambda: [rep.email] in mailbox.recipients), "no mail"
        handoff = Handoff.objects.get()
        assert handoff.respond_by is not None
        assert handoff.passed_at is not None
        assert (handoff.respond_by - handoff.passed_at).total_seconds() == 24 * 3600
        connections = connections_of_others()
        assert connections, "the worker let go of its connection"
        self.see_that_a_stream_is_scored(now, leads=range(100))
        assert connections <= connections_of_others()
        terminate(connections)
        self.see_that_a_stream_is_scored(now, leads=range(100, 110))
        assert worker.poll() is None

    def see_that_a_stream_is_scored(self, now: datetime, *, leads: Collection[int]) -> None:
        """The first at once, and the last without a sweep: nobody looks by himself here."""
        known = Score.objects.count()
        for number in leads:
            lead = LeadInput(external_id=f"crm-{number}")
            looked = ActivityInput(message_id=f"s{number}", type="page_view", lead=lead, occurred_at=now)
            take_activities([looked], agent=Agent(name="website"), source="website", now=now)
        assert eventually(lambda: Score.objects.count() == known + len(leads), seconds=4), "a hint was lost"
