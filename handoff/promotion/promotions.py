"""From a score to a handoff: who qualifies, with a receipt, at once on the way to a rep."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from handoff.deadlines import sla
from handoff.lifecycle import transitions
from handoff.models import Handoff, PassPolicy
from handoff.promotion import pass_policy
from handoff.routing import choosing
from handoff.sweeping import sweep
from leads.events import SYSTEM, Agent
from leads.models import Lead
from lib.hints import send_hint
from scoring.engine.definition import Definition, load
from scoring.engine.expressions import among
from scoring.engine.new_activity import with_news
from scoring.explain.breakdown import explain
from scoring.models import Criteria, Why
from scoring.registry.fit_fields import missing

logger = logging.getLogger(__name__)

BATCH: Final = 100
MOST_AT_ONCE: Final = 100
# So long somebody is looked for who can take a lead that goes on from another rep.
LONGEST_SEARCH: Final = timedelta(hours=24)


# Only other criteria, or what things mean, made them qualify: they wait for their turn
# (handoff/promotion/backlog.py). One that sales has returned since then has had its turn; what it needs
# to come back is news of its own.
WAITS_ITS_TURN: Final = Q(score__qualified_by__in=(Why.CATALOGUE, Why.PUBLICATION)) & (
    Q(recycled_at=None) | Q(recycled_at__lt=F("score__criteria__published_at"))
)


class Batch(NamedTuple):
    """What the leads that are promoted together share; read once."""

    way: PassPolicy
    definition: Definition
    agent: Agent
    now: datetime
    backlog_on: date | None


def promote(lead_ids: Sequence[int], *, now: datetime) -> list[Handoff]:
    """Opens a handoff for each of these leads that qualifies and may be promoted, and passes it at once.

    The caller's transaction holds the locks of these leads, so promoting twice, even at once, does it once.
    A lead that fails is logged and tried again by `promote_missed`; the others go on. So are those beyond
    MOST_AT_ONCE, or one publication would hold a thousand leads for half a minute.
    """
    # Said of both tables, so that no plan reads the scores of everybody else.
    asked = candidates(now=now).filter(among(F("pk"), lead_ids), among(F("score__lead_id"), lead_ids))
    leads = list(asked.select_related("score__criteria").order_by("pk"))
    returned = {lead.pk: lead.recycled_at for lead in leads if lead.recycled_at is not None}
    back_again = with_news(returned, now=now)
    ready = [lead for lead in leads if lead.pk not in returned or lead.pk in back_again]
    if len(ready) > MOST_AT_ONCE:
        transaction.on_commit(hint, robust=True)
    return open_all(ready[:MOST_AT_ONCE], agent=SYSTEM, now=now)


def open_all(leads: Sequence[Lead], *, agent: Agent, now: datetime, backlog_on: date | None = None) -> list[Handoff]:
    """A handoff for each of these locked leads that still qualifies; one that fails is left out.

    `score__criteria` is expected to be loaded. `backlog_on` is the day, for leads that waited for their turn.
    """
    if not leads:
        return []
    batch = Batch(pass_policy.way(), load(leads[0].score.criteria), agent, now, backlog_on)
    tried = [_try(lead, batch) for lead in leads]
    return [handoff for handoff in tried if handoff is not None]


def hint() -> None:
    """Tells the worker that there is more to promote; a hint that is lost costs one sweep."""
    send_hint("handoff.tasks.promote_missed")


def candidates(*, now: datetime) -> QuerySet[Lead]:
    """Qualifying leads that may be promoted at once: what they did, or what became known, made them qualify."""
    return qualifying(now=now).exclude(WAITS_ITS_TURN)


def qualifying(*, now: datetime) -> QuerySet[Lead]:
    """Leads that qualify under the criteria in force, are not resting and have no handoff on its way."""
    on_its_way = Handoff.objects.open().filter(lead=OuterRef("pk"))
    return Lead.objects.promotable().filter(
        ~Exists(on_its_way),
        Q(rest_until=None) | Q(rest_until__lte=now),
        score__qualifies=True,
        score__criteria__state=Criteria.State.PUBLISHED,
    )


def promote_missed(*, now: datetime) -> int:
    """The safety net: rested leads, and those whose promotion failed. Answers how many were promoted."""
    promoted = 0
    for lead_ids in _batches(candidates(now=now)):
        with transaction.atomic():
            free = Lead.objects.filter(pk__in=lead_ids).order_by("pk").select_for_update(skip_locked=True, no_key=True)
            promoted += len(promote([lead.pk for lead in free], now=now))
    return promoted


def pass_ready(*, now: datetime) -> int:
    """Passes what is ready and may be passed by now, fast track and oldest first. Answers how many were passed."""
    policy = pass_policy.way()
    ready = pass_policy.passable(Handoff.objects.filter(state=Handoff.State.READY), policy, now=now)
    if policy.fallback is None and not choosing.reps_in(now=now).exists():
        ready = ready.exclude(origin=Handoff.Origin.PROMOTED)  # nobody takes these; a manager may take the others
    return sweep(
        ready.order_by("-is_fast_track", "opened_at", "pk"),
        lambda handoff: _pass_or_stay(handoff, now=now),
        batch=BATCH,
    )


def _batches(leads: QuerySet[Lead]) -> Iterator[list[int]]:
    """Keys in ascending order, each lead once, however many stay where they are."""
    last = 0
    while lead_ids := list(leads.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
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
    breakdown = explain(lead, now=now, definition=batch.definition)
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
        pass_by=pass_policy.promise(batch.way, opened_at=now, is_fast_track=score.is_fast_track),
        for_review=pass_policy.is_checked_first(batch.way, is_fast_track=score.is_fast_track),
    )
    return _pass(handoff, now=now) if pass_policy.passes_at_once(handoff, batch.way) else handoff


def _pass_or_stay(handoff: Handoff, *, now: datetime) -> None:
    """Passes it; raises NotPossible when nobody can take it, so that the sweep goes on with the next.

    One that goes on from another rep does not wait for ever: nobody new may come.
    """
    if _pass(handoff, now=now).state != Handoff.State.READY:
        return
    if handoff.follows_id and handoff.opened_at <= now - LONGEST_SEARCH:
        transitions.let_go(handoff_id=handoff.pk, now=now)
    else:
        raise transitions.NotPossible("Nobody is in.")


def _pass(handoff: Handoff, *, now: datetime) -> Handoff:
    """To the rep the routing chooses; with nobody in it stays ready, and `pass_ready` looks again."""
    choice = choosing.choose(handoff, now=now)
    if choice is None:
        return handoff
    return transitions.pass_to_sales(
        handoff_id=handoff.pk,
        assignee=choice.user,
        agent=SYSTEM,
        now=now,
        because=choice.because,
        is_shared=choice.is_shared,
    )
