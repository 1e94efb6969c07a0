"""How long sales has, and what happens when nobody answers."""

from datetime import datetime

from handoff import lifecycle
from handoff.models import Handoff, SlaPolicy
from handoff.sweeping import sweep
from leads.models import Lead


def policy_for(lead: Lead) -> SlaPolicy:
    """The first active policy; with all switched off the first of them: no handoff is without a clock."""
    policy = SlaPolicy.objects.order_by("-is_active", "position", "pk").first()
    if policy is None:
        raise SlaPolicy.DoesNotExist("There is no SLA policy; add one in the admin.")
    return policy


def breach_overdue(*, now: datetime, limit: int = 100) -> int:
    """Returns every unanswered lead whose deadline has come, oldest first; `limit` of them a transaction."""
    due = Handoff.objects.filter(state=Handoff.State.WAITING, respond_by__lte=now).order_by("respond_by", "pk")
    return sweep(due, lambda handoff: lifecycle.breach(handoff_id=handoff.pk, now=now), batch=limit)
