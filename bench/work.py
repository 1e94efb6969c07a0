"""How fast the engine follows what happens: a day's leads, one lead, a batch, and events as they come in."""

import bench.ready  # noqa: F401 (before any model)

import argparse  # isort: skip
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from time import monotonic, sleep
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from bench.clock import Took, clocked, median
from bench.data import NOW
from bench.table import Row, add
from bench.worker import HANDOFF, Worker
from leads.events import SYSTEM
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead
from lib.hints import hints_held_back
from scoring.engine.batches import drain, score_held
from scoring.engine.requests import request_scores
from scoring.engine.rescore import request_everybody
from scoring.models import ScoreRequest, Why
from scoring.signals import leads_scored

EVENTS_A_SECOND, SECONDS = 200, 10
# One download for each of these leads, as it would come in; the work it makes is asked for beside it.
TOUCHED = """
INSERT INTO leads_activity (lead_id, type_id, occurred_at, received_at, machine, asset_id, message_key, digest)
SELECT id, (SELECT id FROM leads_activitytype WHERE key = 'download'), %(now)s, %(now)s, 0,
    (SELECT min(id) FROM leads_asset), gen_random_uuid(), 0
FROM unnest(%(ids)s::bigint[]) AS touched (id)
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--leads", type=int, default=100_000)
    leads = options.parse_known_args()[0].leads
    first = Lead.objects.order_by("pk").values_list("pk", flat=True)[0]
    keys = range(first, first + leads)
    random.seed(5)
    with hints_held_back():
        add(*a_day(keys))
        add(a_batch(keys, what="a drained batch of 1,000 leads and who qualifies asked for"))
        leads_scored.disconnect(dispatch_uid=HANDOFF)
        add(a_batch(keys, what="a drained batch of 1,000 leads, engine alone"), one_lead(keys), *intake(keys))
        add(*events(keys))


def a_day(keys: range) -> Iterator[Row]:
    """5 % of the leads did something: all their scores move. Promoting is not the engine's, and left out."""
    request_everybody(now=NOW, why=Why.CATALOGUE)
    full = Worker("everybody").go().report()
    touch(random.sample(keys, len(keys) // 20))
    day = Worker("requests").go().report()
    yield _row("everybody, no row differs", Took(full.seconds, full.cpu), len(keys))
    took, name = Took(day.seconds, day.cpu), "after a day: 5 % of the leads did something"
    for against in ("everybody, no row differs", "engine: all rows, 1 process"):
        note = f"beside “{against}”"
        yield _row(name, took, day.outcome, floor=against, note=note)


def touch(lead_ids: Sequence[int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(TOUCHED, {"ids": list(lead_ids), "now": NOW})
        request_scores(dict.fromkeys(lead_ids, int(Why.ACTIVITY)), now=NOW)


def one_lead(keys: range) -> Row:
    """Locked, computed, stored, told, committed."""

    def run(lead_id: int) -> None:
        with transaction.atomic():
            list(Lead.objects.filter(pk=lead_id).select_for_update(no_key=True).values_list("pk"))
            score_held({lead_id: Why.ACTIVITY}, now=NOW)

    tries = [clocked(lambda key=key: run(key)) for key in random.sample(keys, 200)]  # type: ignore[misc]
    return _row("one lead, engine alone (median of 200)", median(tries), 1)


def a_batch(keys: range, *, what: str) -> Row:
    tries = []
    for _ in range(11):
        touch(random.sample(keys, 1000))
        tries.append(clocked(lambda: drain(now=NOW)))
    return _row(f"{what} (median of 11)", median(tries), 1000)


def intake(keys: range) -> Iterator[Row]:
    """What it costs to take events in, before anything is scored."""
    single = [clocked(lambda: taken([keys[5]], [timezone.now()])) for _ in range(100)]
    yield _row("an event taken in alone (median of 100)", median(single), 1)
    batches = [random.sample(keys, 500) for _ in range(11)]
    several = [clocked(lambda ids=ids: taken(ids, [timezone.now()] * 500)) for ids in batches]  # type: ignore[misc]
    yield _row("500 events taken in together (median of 11)", median(several), 500)
    ScoreRequest.objects.all().delete()


def taken(lead_ids: Sequence[int], ats: Sequence[datetime]) -> None:
    """Through the only door, by the external ids that bench/data.py gave."""
    first = Lead.objects.order_by("pk").values_list("pk", flat=True)[0]
    events = [
        ActivityInput(
            message_id=str(uuid4()),
            type="page_view",
            page="/bench/1",
            occurred_at=at,
            visit=uuid4(),
            lead=LeadInput(external_id=f"bench-{lead_id - first + 1}"),
        )
        for lead_id, at in zip(lead_ids, ats, strict=True)
    ]
    take_activities(events, agent=SYSTEM, source="bench", now=timezone.now())


def events(keys: range) -> Iterator[Row]:
    """They arrive evenly; one process takes in what has arrived, another drains. From arrival to the stored score."""
    listener = Worker("listen").go()
    sleep(0.5)
    lead_ids = random.sample(keys, EVENTS_A_SECOND * SECONDS)
    starts = monotonic()
    arrivals = {lead_id: starts + n / EVENTS_A_SECOND for n, lead_id in enumerate(lead_ids)}
    done = 0
    while done < len(lead_ids):
        arrived = min(len(lead_ids), int((monotonic() - starts) * EVENTS_A_SECOND) + 1)
        if arrived == done:
            sleep(0.002)
            continue
        taken(lead_ids[done:arrived], [timezone.now()] * (arrived - done))
        done = arrived
    took = monotonic() - starts
    stored: dict[str, float] = listener.report().outcome
    waits = sorted(stored[str(key)] - at for key, at in arrivals.items())
    what = f"{EVENTS_A_SECOND} events a second, received to score stored"
    for share, name in ((0.5, "median"), (0.95, "95 of 100"), (1, "the longest")):
        at = min(len(waits) - 1, int(len(waits) * share))
        yield Row(name=f"{what}: {name}", seconds=waits[at], note=f"{len(waits):,} events taken in within {took:.1f} s")


def _row(name: str, took: Took, count: int, *, floor: str = "", note: str = "") -> Row:
    return Row(name=name, seconds=took.seconds, cpu=took.cpu, floor=floor, per_second=count / took.seconds, note=note)


if __name__ == "__main__":
    main()
