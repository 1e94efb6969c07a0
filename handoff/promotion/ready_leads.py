"""What is ready is passed to a rep: at once, at the daily pass, or as soon as somebody is in who can take it."""

from datetime import datetime, timedelta
from typing import Final

from handoff.lifecycle import transitions
from handoff.lifecycle.machine import lock
from handoff.models import Handoff, PassPolicy, State
from handoff.promotion import pass_policy
from handoff.routing import choosing
from handoff.sweeping import sweep
from leads.events import SYSTEM
from leads.models import Lead

BATCH: Final = 100
# So long somebody is looked for who can take a lead that goes on from another rep.
LONGEST_SEARCH: Final = timedelta(hours=24)


def pass_ready(*, now: datetime) -> int:
    """Passes what is ready and may be passed by now, fast track and oldest first. Returns how many were passed."""
    policy = PassPolicy.current()
    ready = pass_policy.passable(Handoff.objects.filter(state=State.READY), policy, now=now)
    if policy.fallback is None and not choosing.reps_in(now=now).exists():
        ready = ready.exclude(origin=Handoff.Origin.PROMOTED)  # nobody takes these; a manager may take the others
    return sweep(
        ready.order_by("-is_fast_track", "opened_at", "pk"),
        lambda handoff: _pass_or_stay(handoff, now=now),
        batch=BATCH,
    )


def pass_to_rep(lead: Lead, handoff: Handoff, *, now: datetime) -> Handoff:
    """To the rep the routing chooses; with nobody in it stays ready, and `pass_ready` looks again.

    The caller holds the lead, and has its handoff as it stands now.
    """
    choice = choosing.choose(handoff, now=now)
    if choice is None:
        return handoff
    return transitions.pass_held(
        lead,
        handoff,
        assignee=choice.user,
        agent=SYSTEM,
        now=now,
        because=choice.because,
        is_shared=choice.is_shared,
    )


def _pass_or_stay(handoff: Handoff, *, now: datetime) -> None:
    """Passes it; raises NotPossible when nobody can take it, so that the sweep goes on with the next.

    One that goes on from another rep does not wait for ever: nobody new may come.
    """
    lead, handoff = lock(handoff.pk)
    if pass_to_rep(lead, handoff, now=now).state != State.READY:
        return
    if handoff.follows_id and handoff.opened_at <= now - LONGEST_SEARCH:
        transitions.let_go(handoff_id=handoff.pk, now=now)
    else:
        raise transitions.NotPossible("Nobody is in.")
