"""Long questions: asked as a row, answered by a worker, one at a time so that scoring always has room.

Whoever works on one holds a lease and renews it with each piece of progress; when a worker dies, the next one
begins again. An answer belongs to what the version said when it was asked.
"""

import logging
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from lib.hints import send_hint
from scoring.criteria.content import content_digest
from scoring.models import Analysis, Criteria

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
MOST_ATTEMPTS: Final = 3
FRESH: Final = timedelta(minutes=30)
RETENTION: Final = timedelta(days=90)

# Finds the answer to one question: yields (done, of) after each piece of work, returns the result as JSON.
Progress = Generator[tuple[int, int], None, Mapping[str, object]]


class Run(Protocol):
    def __call__(self, analysis: Analysis, /, *, now: datetime) -> Progress: ...


class TakenOver(Exception):
    """The lease ran out and somebody else works on it."""


def ask(
    kind: str, criteria: Criteria, *, options: Mapping[str, object], actor: User, now: datetime, again: bool = False
) -> Analysis:
    """The question that is being answered, or was less than half an hour ago, for exactly this content; else a new one.

    `again` asks anew where an answer is there. One that could not be answered is asked anew too.
    """
    question = what_is_asked(kind, criteria, options)
    same = Analysis.objects.filter(**question)
    open_one = same.filter(finished_at=None).first()
    if open_one is None and not again:
        open_one = same.filter(problem="", finished_at__gt=now - FRESH).first()
    if open_one is not None:
        return open_one
    asked = Analysis.objects.create(**question, asked_by=actor, asked_at=now)
    transaction.on_commit(hint, robust=True)
    return asked


def what_is_asked(kind: str, criteria: Criteria, options: Mapping[str, object]) -> dict[str, object]:
    """The fields in which two rows that ask the same are alike: the version counts as what it says now."""
    return {"kind": kind, "criteria": criteria, "content_digest": content_digest(criteria), "options": options}


def answer_next(kinds: dict[str, Run], *, clock: Callable[[], datetime]) -> bool:
    """Takes the oldest question and stores its answer. Returns False when there is none or one is being answered."""
    analysis = _lease(now=clock())
    if analysis is None:
        return False
    try:
        result = _run(kinds, analysis, clock=clock)
    except TakenOver:
        return True
    except SoftTimeLimitExceeded:
        _give_up(analysis, _("It took too long. Ask again when less is going on."), now=clock())
        raise
    except Exception:
        logger.exception("Analysis %s failed at attempt %d.", analysis.pk, analysis.attempts)
        if analysis.attempts >= MOST_ATTEMPTS:
            _give_up(
                analysis, _("It could not be answered. An administrator finds the reason in the log."), now=clock()
            )
        return True
    if result is None:
        _give_up(analysis, _("The version was changed after the question. Ask again."), now=clock())
    else:
        _mine(analysis).update(result=result, finished_at=clock(), lease_until=None)
    return True


@transaction.atomic
def _lease(*, now: datetime) -> Analysis | None:
    """The oldest question, held for a while; none while another one is being answered. Old answers go."""
    Analysis.objects.filter(finished_at__lt=now - RETENTION).delete()
    open_ones = list(Analysis.objects.filter(finished_at=None).order_by("asked_at", "pk").select_for_update())
    if any(each.lease_until is not None and each.lease_until > now for each in open_ones):
        return None
    for analysis in open_ones:
        if analysis.attempts >= MOST_ATTEMPTS:
            _give_up(analysis, _("It could not be answered: each attempt was cut off. Ask again."), now=now)
            continue
        analysis.take(LEASE, now=now)
        return analysis
    return None


def _run(kinds: dict[str, Run], analysis: Analysis, *, clock: Callable[[], datetime]) -> Mapping[str, object] | None:
    """The result, or None when the version says something else by now. Raises TakenOver."""
    criteria = Criteria.objects.get(pk=analysis.criteria_id)
    if content_digest(criteria) != analysis.content_digest:
        return None
    work = kinds[analysis.kind](analysis, now=clock())
    while True:
        try:
            done, of = next(work)
        except StopIteration as end:
            return cast("Mapping[str, object]", end.value)
        if not _mine(analysis).update(done=done, of=of, lease_until=clock() + LEASE):
            raise TakenOver


def _mine(analysis: Analysis) -> QuerySet[Analysis]:
    """The row, as long as this worker holds it."""
    return analysis.still_held().filter(finished_at=None)


def _give_up(analysis: Analysis, problem: str, *, now: datetime) -> None:
    _mine(analysis).update(problem=problem, finished_at=now, lease_until=None)


def hint() -> None:
    """Tells the worker that there is a question; a hint that is lost costs one sweep."""
    send_hint("scoring.tasks.answer_analyses")
