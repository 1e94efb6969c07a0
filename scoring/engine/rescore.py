"""Everybody scored again, in chunks: whoever has time takes the next one, and what a dead worker held is free again.

A chunk is scored and marked as done in one transaction, so it counts once however often it was begun. While it is
scored its leads are held, as in a drain: a score never overtakes a newer one.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from lib.hints import send_hint
from scoring.engine import work_sql
from scoring.engine.batches import score_held
from scoring.engine.definition import in_force
from scoring.models import Criteria, Rescore, RescoreChunk, ScoreRequest, Why

CHUNK: Final = 10_000


@transaction.atomic
def request_everybody(*, now: datetime, why: Why) -> int:
    """Asks for everybody's score. Returns how many leads there are; without published criteria 0.

    What is left of an earlier scoring is dropped: this one does it too.
    """
    criteria = in_force()
    if criteria is None:
        return 0
    # Whoever asks at the same moment waits here; drains, which refer to the criteria, do not.
    Criteria.objects.select_for_update(no_key=True).get(pk=criteria.pk)
    Rescore.objects.filter(finished_at=None).update(finished_at=now)
    rescore = Rescore.objects.create(criteria=criteria, why=why, leads=0, requested_at=now)
    work_sql.request(work_sql.CHUNKS, rescore=rescore.pk, size=CHUNK)
    rescore.leads = rescore.chunks.aggregate(leads=Sum("leads", default=0))["leads"]
    rescore.save(update_fields=["leads"])
    transaction.on_commit(hint, robust=True)
    return rescore.leads


@transaction.atomic
def score_chunk(*, now: datetime) -> int:
    """Scores the next chunk nobody holds. Returns its number of leads, 0 when there is none."""
    waiting = RescoreChunk.objects.filter(done_at=None, rescore__finished_at=None).select_related("rescore")
    chunk = waiting.order_by("pk").select_for_update(of=("self",), skip_locked=True).first()
    if chunk is None:
        finish(now=now)
        return 0
    ids = work_sql.hold(first=chunk.first_lead, last=chunk.last_lead)
    # Whoever did something meanwhile is scored for that too: what made it qualify is not only the criteria.
    asked_for = ScoreRequest.objects.filter(lead__gte=chunk.first_lead, lead__lte=chunk.last_lead)
    whys = dict.fromkeys(ids, chunk.rescore.why)
    whys |= {lead: why for lead, why in asked_for.values_list("lead", "why") if lead in whys}
    score_held(whys, now=now, are_neighbours=True)
    chunk.done_at = now
    chunk.save(update_fields=["done_at"])
    return chunk.leads


def finish(*, now: datetime) -> None:
    """Says that everybody is scored, once no chunk is left; old chunks are of no use any more."""
    left = RescoreChunk.objects.filter(rescore=OuterRef("pk"), done_at=None)
    Rescore.objects.filter(~Exists(left), finished_at=None).update(finished_at=now)
    RescoreChunk.objects.filter(rescore__finished_at__isnull=False).delete()


def progress() -> tuple[int, int] | None:
    """Of the scoring that runs: how many leads are done, and of how many; None when none does."""
    running = Rescore.objects.filter(finished_at=None).first()
    return (done_of(running), running.leads) if running else None


def done_of(rescore: Rescore) -> int:
    """How many leads of this scoring are done."""
    done: int = rescore.chunks.filter(done_at__isnull=False).aggregate(leads=Sum("leads", default=0))["leads"]
    return done


def hint() -> None:
    """Tells the workers that there is something to do; a hint that is lost costs one sweep."""
    send_hint("scoring.tasks.score_everybody")
