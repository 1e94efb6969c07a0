"""How long sales has, who is warned, and what happens when nobody answers."""

from datetime import datetime
from typing import Final

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from handoff import news
from handoff.lifecycle import transitions
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff, SlaPolicy, State
from handoff.sweeping import sweep
from leads.models import Channel, Lead
from lib.compiled_queries import CompiledQuery, Given
from scoring.models import Persona, Score

BATCH = 100
# A policy without conditions: it holds for every lead.
FOR_ALL = Q(priority=SlaPolicy.Priority.ANY, channels=None, personas=None)


def policy_for(lead: Lead, score: Score) -> SlaPolicy:
    """The first policy in use whose conditions the lead meets, else `fallback()`: no handoff is without a clock.

    A condition left empty holds for every lead; a lead is of the channel that its first channel counts as.
    """
    priority = SlaPolicy.Priority.FAST_TRACK if score.is_fast_track else SlaPolicy.Priority.ORDINARY
    matching = MATCHING.first(priority=priority, first_channel=lead.first_channel_id, persona=score.persona_id)
    return matching or fallback()


def fallback() -> SlaPolicy:
    """What holds for leads that no policy in use is for: the first policy for all leads, in use or not.

    Without one it is the first policy there is. Raises DoesNotExist when there is none.
    """
    last = Case(When(FOR_ALL, then=Value(0)), default=Value(1))
    policy = SlaPolicy.objects.order_by(last, "-is_active", "position", "pk").first()
    if policy is None:
        raise SlaPolicy.DoesNotExist("There is no SLA policy; add one in the admin.")
    return policy


def forget(persona: Persona) -> None:
    """A policy that was for this persona alone is switched off; without its condition it would be for every lead."""
    alone = SlaPolicy.objects.annotate(named=Count("personas")).filter(personas=persona, named=1)
    SlaPolicy.objects.filter(pk__in=alone.values("pk")).update(is_active=False)


def breach_overdue(*, now: datetime, limit: int = BATCH) -> int:
    """Sends back or on every unanswered lead whose deadline has come, oldest first, `limit` of them a transaction.

    Returns how many.
    """
    due = Handoff.objects.filter(state=State.WAITING, respond_by__lte=now).order_by("respond_by", "pk")
    return sweep(due, lambda handoff: transitions.breach(handoff_id=handoff.pk, now=now), batch=limit)


def warn_due(*, now: datetime) -> int:
    """Warns of every unanswered lead when half, and when nine tenths of its time are over, once each.

    The rep is told, of nine tenths the managers too. Whoever comes late to both tells the second only, and nothing
    once the deadline has come. Returns how many were warned of.
    """
    due = Handoff.objects.filter(state=State.WAITING, next_warning_at__lte=now, respond_by__gt=now).order_by(
        "next_warning_at", "pk"
    )
    return sweep(due, lambda handoff: _warn(handoff, now=now), batch=BATCH)


def _warn(handoff: Handoff, *, now: datetime) -> None:
    """Claims the warning that is due, then tells; raises NotPossible when somebody was faster."""
    nearly_at, due_at = handoff.nearly_at, handoff.next_warning_at
    is_nearly_late = nearly_at is None or nearly_at <= now
    # Whoever got the lead meanwhile is warned at the next sweep.
    unmoved = {"assignee": handoff.assignee_id, "next_warning_at": due_at}
    claim = Handoff.objects.filter(pk=handoff.pk, state=State.WAITING, **unmoved)
    if not claim.update(next_warning_at=None if is_nearly_late else nearly_at):
        raise NotPossible("Somebody was faster.")
    if is_nearly_late:
        news.enqueue_nearly_late(handoff, now=now)
    else:
        news.enqueue_half_time(handoff, now=now)


def _matching() -> QuerySet[SlaPolicy]:
    """The policy for a lead of a priority, whose channel and persona may not be known."""
    priority = Given("priority", CharField())
    matching = SlaPolicy.objects.filter(
        Q(channels=None) | Q(channels__in=_same_channel(Given("first_channel"))),
        Q(personas=None) | Q(personas=Given("persona")),
        Q(priority=SlaPolicy.Priority.ANY) | Q(priority=priority),
        is_active=True,
    )
    return matching.order_by("position", "pk")[:1]


def _same_channel(first: Given) -> QuerySet[Channel]:
    """The channel the lead first came by and all that count as the same; none when it is not known."""
    same = Q(pk=first) | Q(counts_as=first) | Q(spellings=first) | Q(counts_as__spellings=first)
    return Channel.objects.filter(same)


MATCHING: Final = CompiledQuery(_matching)
