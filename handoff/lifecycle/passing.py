"""Who holds the baton: a lead is passed, reassigned, goes on to another rep, or is taken back from nurture."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from handoff import event_kinds, news
from handoff.deadlines.due_times import deadlines
from handoff.lifecycle.answers import checked_words
from handoff.lifecycle.machine import TRANSITIONS, lock, move, refusal
from handoff.lifecycle.refusals import NotPossible
from handoff.models import MOST_HOPS, Handoff, SlaPolicy
from handoff.states import RETURNED
from leads import lifecycle as leads
from leads.events import SYSTEM, Agent, Entry, record
from leads.models import Lead
from lib.hints import send_hint

LONGEST_BECAUSE: Final = 300
# What a policy says of a breach, and how the next handoff came to be then; back to nurture there is none.
GOES_ON: Final = {
    SlaPolicy.OnBreach.REASSIGN.value: Handoff.Origin.REASSIGNED,
    SlaPolicy.OnBreach.ESCALATE.value: Handoff.Origin.ESCALATED,
}


@transaction.atomic
def pass_to_sales(
    *,
    handoff_id: int,
    assignee: User,
    agent: Agent,
    now: datetime,
    because: str = "",
    is_shared: bool = False,
) -> Handoff:
    """A rep holds the baton and the clock starts; the rep is told. `because` says why it is this rep."""
    lead, handoff = lock(handoff_id)
    return pass_held(lead, handoff, assignee=assignee, agent=agent, now=now, because=because, is_shared=is_shared)


def pass_held(
    lead: Lead, handoff: Handoff, *, assignee: User, agent: Agent, now: datetime, because: str, is_shared: bool
) -> Handoff:
    """The same in the transaction of a caller who holds the lead, and has its handoff as it stands now."""
    [due] = deadlines(handoff.policy, now)
    move(
        handoff,
        "pass_to_sales",
        assignee=assignee,
        passed_at=now,
        next_warning_at=due.half_at,
        routed_because=because,
        is_shared=is_shared,
        **due._asdict(),
    )
    leads.change_owner(lead, event_kinds.PASSED, owner=assignee, agent=agent, now=now)
    news.enqueue_passed(handoff, now=now)
    return handoff


@transaction.atomic
def reassign(
    *,
    handoff_id: int,
    assignee: User,
    agent: Agent,
    now: datetime,
    text: str = "",
    because: str = "",
    is_shared: bool = False,
    to_manager: bool = False,
) -> Handoff:
    """Another rep holds the baton; the deadline stays. A program's doing counts as a hop, a person's does not.

    Raises NotPossible when the person holds it already, or a program has moved it as often as it may; to a manager
    (`to_manager`) it goes all the same, since that is where going from rep to rep ends.
    """
    text = checked_words(text)
    lead, handoff = lock(handoff_id)
    before = handoff.assignee
    if before == assignee:
        raise NotPossible(_("%(rep)s holds this lead already.") % {"rep": assignee})
    hops = handoff.hops if agent.user else handoff.hops + 1
    hops = min(hops, MOST_HOPS) if to_manager else hops
    if hops > MOST_HOPS:
        raise NotPossible(
            _("This lead went from rep to rep %(count)d times; a person decides now.") % {"count": MOST_HOPS}
        )
    because = because or _chosen_by(agent, text)
    move(handoff, "reassign", assignee=assignee, hops=hops, routed_because=because, is_shared=is_shared)
    data: event_kinds.Reassigned = {
        "handoff": str(handoff.public_id),
        "from": before.pk if before else None,
        "to": assignee.pk,
    }
    leads.change_owner(lead, event_kinds.REASSIGNED, owner=assignee, agent=agent, now=now, text=text, data=data)
    news.enqueue_reassigned(handoff, now=now)
    if agent.user and before and before != agent.user and before.is_active:
        news.enqueue_given_away(handoff, before=before, by=agent.user, now=now)
    return handoff


def _chosen_by(agent: Agent, text: str) -> str:
    """Why it is this rep, where a person chose; what they wrote is cut to what the column holds."""
    if not agent.user:
        return ""
    words = {"manager": agent.user, "text": text}
    because = _("%(manager)s decided so: %(text)s") % words if text else _("%(manager)s decided so.") % words
    return Truncator(because).chars(LONGEST_BECAUSE)


def may_go_on(lead: Lead, handoff: Handoff) -> bool:
    """Whether the lead of a handoff that ends may go to somebody else without a person's doing."""
    return handoff.hops < MOST_HOPS and not lead.do_not_contact


@transaction.atomic
def take_back(*, handoff_id: int, actor: User, assignee: User, text: str = "", now: datetime) -> Handoff:
    """A manager takes a returned lead back from nurture: the run goes on with a clock of its own, what was is kept.

    Returns the new handoff, passed to `assignee`. Raises NotPossible when the lead has gone on meanwhile.
    """
    text = checked_words(text)
    lead, ended = lock(handoff_id)
    if ended.state not in RETURNED:
        raise refusal(ended, TRANSITIONS["take_back"])
    if lead.do_not_contact:
        raise NotPossible(_("They asked not to be contacted, so nobody can take this lead."))
    if lead.handoffs.filter(opened_at__gt=ended.opened_at).exists():
        raise NotPossible(_("This lead has gone on since; look at its latest handoff."))
    handoff = _after(ended, Handoff.Origin.TAKEN_BACK, hops=ended.hops, now=now)
    agent = Agent(user=actor)
    data = {"handoff": str(handoff.public_id)}
    leads.take_back(lead, event_kinds.TAKEN_BACK, agent=agent, now=now, text=text, data=data)
    because = _("%(manager)s took it back from nurture and decided so.") % {"manager": actor}
    return pass_to_sales(handoff_id=handoff.pk, assignee=assignee, agent=agent, now=now, because=because)


def go_on(lead: Lead, ended: Handoff, origin: Handoff.Origin, event: Entry, *, agent: Agent, now: datetime) -> None:
    """The handoff has ended, the run has not: `event` says what ended it, and another one is ready to be passed."""
    record([event], agent=agent, now=now)
    handoff = _after(ended, origin, hops=ended.hops + 1, now=now)
    data = {"handoff": str(handoff.public_id)}
    leads.change_owner(lead, event_kinds.FORWARDED, owner=None, agent=SYSTEM, now=now, data=data)
    hint_pass()


def hint_pass() -> None:
    """Tells the worker that there is a lead to be passed, once this transaction is through."""
    transaction.on_commit(lambda: send_hint("handoff.tasks.pass_ready"), robust=True)


def _after(ended: Handoff, origin: Handoff.Origin, *, hops: int, now: datetime) -> Handoff:
    """A new handoff of the same run: same criteria and receipt, ready to be passed."""
    return Handoff.objects.create(
        lead=ended.lead,
        criteria_id=ended.criteria_id,
        policy=ended.policy,
        state=TRANSITIONS["go_on"].ends,
        is_fast_track=ended.is_fast_track,
        receipt=ended.receipt,
        origin=origin,
        follows=ended,
        hops=hops,
        opened_at=now,
        pass_by=now,
    )


@transaction.atomic
def close_with_merge(*, handoff_id: int, agent: Agent, now: datetime) -> Handoff:
    """The lead is merged into one whose own handoff goes on, or that has bought: this one is not counted by the SLA."""
    text = _("It was merged with another record of the same person.")
    lead, handoff = lock(handoff_id)
    move(handoff, "withdraw", reason_text=text, decided_by=agent.user, closed_at=now)
    leads.withdraw(lead, event_kinds.WITHDRAWN, agent=agent, now=now, text=text)
    if handoff.assignee != agent.user:
        news.enqueue_merged_away(handoff, now=now)
    return handoff
