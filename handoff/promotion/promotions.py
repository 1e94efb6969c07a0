"""From a score to a handoff: who qualifies, with a receipt, at once on the way to a rep.

Whoever scores leads only leaves a request for each that may be promoted (`request`). A worker takes them one by one
(`promote_requested`), looks again under the lead's lock, and holds a rep's row only as long as one lead takes.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from math import inf
from time import monotonic
from typing import Final, NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from handoff.deadlines import sla
from handoff.lifecycle import transitions
from handoff.models import Handoff, PassPolicy, PromotionRequest
from handoff.promotion import pass_policy, ready_leads
from leads.events import SYSTEM, Agent
from leads.models import Lead
from lib.compiled_queries import CompiledQuery, Given, GivenKeys, GivenMoment
from lib.hints import send_hint
from outbox.told_together import told_together
from scoring.engine.definition import Definition, load
from scoring.engine.passable import definition_in_force, may_go
from scoring.explain.breakdown import explain_by
from scoring.models import Criteria, Why
from scoring.registry.fit_fields import missing

logger = logging.getLogger(__name__)

BATCH: Final = 100

# Only other criteria, what things mean, or an import made them qualify: they wait for their turn
# (handoff/promotion/backlog.py). One that sales has returned since then has had its turn; what it needs
# to come back is news of its own.
WAITS_ITS_TURN: Final = Q(score__qualified_by__in=(Why.CATALOGUE, Why.PUBLICATION, Why.IMPORT)) & (
    Q(recycled_at=None) | Q(recycled_at__lt=F("score__criteria__published_at"))
)

# Who has waited longest, besides those that were tried.
LONGEST_WAITING: Final = CompiledQuery(
    lambda: (
        PromotionRequest.objects.exclude(pk__among=GivenKeys("seen"))
        .order_by("requested_at", "pk")
        .values_list("pk", flat=True)[:BATCH]
    )
)
# Nobody is waited for: while somebody else holds the lead, its request stays for a later run.
FREE: Final = CompiledQuery(
    lambda: (
        Lead.objects.filter(pk=Given("lead_id"))
        .values_list("pk", flat=True)
        .select_for_update(skip_locked=True, no_key=True)
    )
)

# They came with an import that is not for sales, and have done nothing since.
IS_KEPT_BACK: Final = Q(score__qualified_by=Why.KEPT_BACK)


class Batch(NamedTuple):
    """What the leads that are promoted one after the other share; read once."""

    policy: PassPolicy
    definition: Definition
    agent: Agent
    now: datetime
    backlog_on: date | None


def request(lead_ids: Sequence[int], *, now: datetime) -> int:
    """Asks for the promotion of those of these leads that may be promoted, in the caller's transaction.

    A row for each, and a hint to the worker after the commit; one that is asked for already stays as it is. The
    caller's transaction holds the leads' locks or does not: whoever promotes looks again. Returns how many there are.
    """
    definition = definition_in_force()
    asked = definition.once(_promotable_ids).rows(lead_ids=list(lead_ids), now=now) if definition else []
    if asked:
        rows = [PromotionRequest(lead_id=lead_id, requested_at=now) for lead_id in asked]
        PromotionRequest.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(hint, robust=True)
    return len(asked)


def request_missed(*, now: datetime) -> int:
    """The safety net: asks for rested leads, and for those whose request was lost. Returns how many there are."""
    return sum(request(lead_ids, now=now) for lead_ids in _candidates_in_batches(now=now))


def promote_requested(*, now: datetime, seconds: float = inf) -> int:
    """Promotes the leads that are asked for, the longest waiting first; returns how many handoffs were opened.

    Each lead is a transaction of its own, so no lead waits for another one's rep. One that somebody else holds is
    passed over: its request stays. After `seconds` it stops, with a hint that there is more.
    """
    stop_at, opened, seen = monotonic() + seconds, 0, set[int]()
    is_more = True
    while is_more and (lead_ids := LONGEST_WAITING.rows(seen=list(seen))):
        is_more = len(lead_ids) == BATCH  # whoever asks from now on hints anew
        seen.update(lead_ids)
        definition = definition_in_force()
        batch = Batch(PassPolicy.current(), definition, SYSTEM, now, None) if definition else None
        with told_together() if len(lead_ids) > 1 else nullcontext():
            for lead_id in lead_ids:
                opened += _promote_requested(lead_id, batch, now=now)
                if monotonic() > stop_at:
                    hint()
                    return opened
    return opened


def open_all(leads: Sequence[Lead], *, agent: Agent, now: datetime, backlog_on: date | None = None) -> list[Handoff]:
    """A handoff for each of these locked leads that still qualifies; one that fails is left out.

    `score__criteria` is expected to be loaded. `backlog_on` is the day, for leads that waited for their turn.
    """
    if not leads:
        return []
    batch = Batch(PassPolicy.current(), load(leads[0].score.criteria), agent, now, backlog_on)
    tried = [_try(lead, batch) for lead in leads]
    return [handoff for handoff in tried if handoff is not None]


def hint() -> None:
    """Tells the worker that leads wait to be promoted; a hint that is lost costs one sweep."""
    send_hint("handoff.tasks.promote_requested")


def candidates(*, now: datetime | GivenMoment) -> QuerySet[Lead]:
    """Qualifying leads that may be promoted at once: what they did, or what became known, made them qualify."""
    return qualifying(now=now).exclude(WAITS_ITS_TURN).exclude(IS_KEPT_BACK)


def qualifying(*, now: datetime | GivenMoment) -> QuerySet[Lead]:
    """Leads that qualify under the criteria in force, are not resting and have no handoff on its way."""
    on_its_way = Handoff.objects.open().filter(lead=OuterRef("pk"))
    return Lead.objects.promotable().filter(
        ~Exists(on_its_way),
        Q(rest_until=None) | Q(rest_until__lte=now),
        score__qualifies=True,
        score__criteria__state=Criteria.State.PUBLISHED,
    )


NEXT_CANDIDATES: Final = CompiledQuery(
    lambda: (
        candidates(now=GivenMoment("now"))
        .filter(pk__gt=Given("last"))
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
)


def _promote_requested(lead_id: int, batch: Batch | None, *, now: datetime) -> int:
    """One lead in a transaction of its own. Returns 1 when a handoff was opened.

    The request goes whatever comes of it; one that failed is asked for again by `request_missed`.
    """
    request = PromotionRequest.objects.filter(pk=lead_id)
    try:
        with transaction.atomic():
            return _promote_held(request, lead_id, batch, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Lead %s could not be promoted; the next sweep tries again.", lead_id)
        request.delete()
        return 0


def _promote_held(request: QuerySet[PromotionRequest], lead_id: int, batch: Batch | None, *, now: datetime) -> int:
    """Its lock, its request, another look, and the handoff."""
    # Gone: another worker has promoted it meanwhile.
    if not FREE.rows(lead_id=lead_id) or not request.delete()[0] or batch is None:
        return 0
    lead = batch.definition.once(_promotable).first(lead_ids=[lead_id], now=now)
    # Other criteria since: their scoring asks anew.
    if lead is None or lead.score.criteria_id != batch.definition.criteria.pk:
        return 0
    return int(_promote(lead, batch) is not None)


def _promotable(definition: Definition) -> CompiledQuery[Lead]:
    """Of the leads that are handed over, those that may be promoted now, with all that a promotion reads of them."""
    return CompiledQuery(lambda: _asked_of(definition).select_related("score__criteria", "company"))


def _promotable_ids(definition: Definition) -> CompiledQuery[int]:
    """Their keys."""
    return CompiledQuery(lambda: _asked_of(definition).values_list("pk", flat=True))


def _asked_of(definition: Definition) -> QuerySet[Lead]:
    lead_ids, now = GivenKeys("lead_ids"), GivenMoment("now")
    # Said of both tables, so that no plan reads the scores of everybody else.
    asked = candidates(now=now).filter(pk__among=lead_ids, score__lead_id__among=lead_ids)
    return asked.filter(may_go(definition, now=now)).order_by("pk")


def _candidates_in_batches(*, now: datetime) -> Iterator[list[int]]:
    """Keys in ascending order, each lead once, however many stay where they are."""
    last = 0
    while lead_ids := NEXT_CANDIDATES.rows(last=last, now=now):
        yield lead_ids
        last = lead_ids[-1]


def _try(lead: Lead, batch: Batch) -> Handoff | None:
    try:
        with transaction.atomic():
            return _promote(lead, batch)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Lead %s could not be promoted; the next sweep tries again.", lead.pk)
        return None


def _promote(lead: Lead, batch: Batch) -> Handoff | None:
    """One lead. A stored score that time has overtaken promotes nobody: the receipt is computed now."""
    score, now = lead.score, batch.now
    if missing(lead, score.criteria.required_fields):
        return None
    breakdown = explain_by(batch.definition, score, lead, now=now)
    if not breakdown.qualifies:
        return None
    handoff = transitions.open_handoff(
        lead=lead,
        score=score,
        receipt=breakdown.as_receipt(),
        policy=sla.policy_for(lead, score),
        agent=batch.agent,
        now=now,
        backlog_on=batch.backlog_on,
        pass_by=pass_policy.promise(batch.policy, opened_at=now, is_fast_track=score.is_fast_track),
        for_review=pass_policy.is_checked_first(batch.policy, is_fast_track=score.is_fast_track),
    )
    if not pass_policy.passes_at_once(handoff, batch.policy):
        return handoff
    return ready_leads.pass_to_rep(lead, handoff, now=now)
