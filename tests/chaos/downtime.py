"""Beat and workers were dead for six hours, and the broker is empty. Then one worker starts."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from handoff.models import Handoff
from leads.models import LeadEvent
from outbox.models import Delivery
from tests.chaos import population
from tests.chaos.processes import Machine, eventually, worker
from tests.outbox.sink import listening

DEAD_FOR = timedelta(hours=6)
MOST_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Morning:
    overdue: int
    started_at: datetime
    returned_after: float
    mails: Counter[str]
    subjects: set[str]
    managers: list[User]


def run(machine: Machine, *, overdue: int, is_patient: bool) -> Morning:
    """All came due while nobody looked. Unless patient, the two minutes in which a digest gathers are skipped."""
    now = timezone.now()
    managers = population.managers(2)
    step = (DEAD_FOR - timedelta(minutes=1)) / overdue
    population.with_sales([now - DEAD_FOR + step * number for number in range(overdue)], holders=population.reps(8))
    machine.empty_the_broker()
    with listening() as sink:
        started_at, began = timezone.now(), time.monotonic()
        started = worker(machine, mail_port=sink.port)
        try:
            waiting = Handoff.objects.filter(state="waiting")
            eventually(lambda: not waiting.exists(), "every lead is returned", MOST_SECONDS * 3)
            returned_after = time.monotonic() - began
            told = Delivery.objects.exclude(kind="digest")
            eventually(lambda: not told.filter(state="pending").exists(), "the messages are gathered")
            if not is_patient:
                _skip_to_the_digest()
            eventually(lambda: len(sink.recipients) >= len(managers), "the managers have mail", 180)
            time.sleep(2)  # for one more than there should be
        finally:
            started.end()
    return Morning(
        overdue=overdue,
        started_at=started_at,
        returned_after=returned_after,
        mails=Counter(address for addresses in sink.recipients for address in addresses),
        subjects={str(message["Subject"]) for message in sink.messages},
        managers=managers,
    )


def check(morning: Morning) -> None:
    """Raises AssertionError unless all are back in time, as of their deadlines, and each manager has one mail."""
    returned = Handoff.objects.filter(state="breached", breached_at=F("respond_by"))
    assert (
        returned.filter(detected_at__gte=morning.started_at, detected_at__lte=timezone.now()).count() == morning.overdue
    )
    assert morning.returned_after <= MOST_SECONDS, f"It took {morning.returned_after:.0f} s."
    events = LeadEvent.objects.filter(kind="handoff.breached")
    assert events.count() == events.values("lead").distinct().count() == morning.overdue
    assert morning.mails == {manager.email: 1 for manager in morning.managers}, f"Not one mail each: {morning.mails}."
    assert morning.subjects == {f"{morning.overdue:,} things for you"}
    gathered = Delivery.objects.filter(state="gathered", kind="handoff.breached")
    assert gathered.count() == morning.overdue * len(morning.managers)


def _skip_to_the_digest() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_delivery SET next_try_at = now() WHERE kind = 'digest' AND state = 'pending'")
