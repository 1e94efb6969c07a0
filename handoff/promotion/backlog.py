"""Leads that only other criteria or an import made qualify: they wait, and at most so many a day have their turn.

A publication or a file may make thousands of leads qualify in a moment, and sales could answer none of them in time.
The number a day is a policy; what had its turn is counted from the handoffs themselves. Who passes holds the policy's
row, before any lead: two at once count one after the other, so together they never pass more than the number.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from handoff.models import BacklogPolicy, Handoff
from handoff.promotion.promotions import WAITS_ITS_TURN, open_all, qualifying
from handoff.routing import choosing
from leads.events import SYSTEM, Agent
from leads.models import Lead
from scoring.engine.passable import definition_in_force, may_go
from scoring.models import Rescore

BATCH: Final = 25  # a transaction: passing one lead takes some thirty statements, and reps are held meanwhile
MOST_TRIED: Final = 1000  # a sweep; leads that cannot be promoted must not keep it busy for ever
MOST_BY_HAND: Final = 100  # a person waits for it
# Who is next is only known when everybody is scored; a scoring that does not end must not hold up everything.
LONGEST_SCORING: Final = timedelta(hours=1)
FIRST: Final = ("-score__is_fast_track", "-score__total", "created_at", "pk")


class PassRefused(Exception):
    """Nothing was passed; the message tells a person why and what to do."""


def pass_next(*, now: datetime) -> int:
    """What is left of today's number, best first. Returns how many were passed.

    Nothing is passed while nobody is in, and while everybody is being scored. Somebody else who passes right now is
    not waited for.
    """
    if is_scoring(now=now) or not choosing.reps_in(now=now).exists():
        return 0

    def room(policy: BacklogPolicy, _passed: int) -> int:
        return left_today(policy, now=now)

    return _pass(room, agent=SYSTEM, now=now, waits=False)


def pass_more(count: int, *, seen: int, actor: User, now: datetime) -> int:
    """A person lets so many more have their turn today, best first. Returns how many were passed.

    They count towards today's number. `seen` is how many had passed today when the person decided: when others have
    passed meanwhile (a second press of the button, the sweeper) nothing is. Raises PassRefused.
    """
    if not 1 <= count <= MOST_BY_HAND:
        raise PassRefused(_("Between 1 and %(most)d leads can be passed at once.") % {"most": MOST_BY_HAND})
    if not choosing.reps_in(now=now).exists():
        raise PassRefused(_("No rep is in, so no lead was passed. Try again when somebody is."))

    def room(_policy: BacklogPolicy, passed: int) -> int:
        if not passed and (by_now := passed_on(today(now))) != seen:
            raise PassRefused(
                _("%(count)d leads were passed today when you looked, and %(now)d are by now. Look again, then decide.")
                % {"count": seen, "now": by_now}
            )
        return count - passed

    return _pass(room, agent=Agent(user=actor), now=now, waits=True)


def _pass(room: Callable[[BacklogPolicy, int], int], *, agent: Agent, now: datetime, waits: bool) -> int:
    """Passes the next ones, a few a transaction, while there is room. Returns how many.

    `room` says how many more there may be, from the policy, which is held, and from how many were passed so far.
    """
    passed, left_out = 0, list[int]()
    while len(left_out) < MOST_TRIED:
        with transaction.atomic():
            policy = _held_policy(waits=waits)
            tried = _take(min(room(policy, passed), BATCH), besides=left_out, now=now) if policy else ()
            opened = open_all(tried, agent=agent, now=now, backlog_on=today(now))
        if not tried:
            break
        passed += len(opened)
        left_out += {lead.pk for lead in tried} - {handoff.lead_id for handoff in opened}
    return passed


def waiting(*, now: datetime) -> QuerySet[Lead]:
    """The leads whose turn will come, next first.

    Not among them: who is resting, who came back from sales and has done nothing since, and of whom something is not
    known that the criteria need.
    """
    definition = definition_in_force()
    leads = qualifying(now=now).filter(may_go(definition, now=now)) if definition else Lead.objects.none()
    return leads.filter(WAITS_ITS_TURN).order_by(*FIRST)


def left_today(policy: BacklogPolicy, *, now: datetime) -> int:
    """How many more pass today by themselves."""
    return max(0, policy.per_day - passed_on(today(now)))


def passed_on(day: date) -> int:
    """How many had their turn on that day, whoever passed them."""
    return Handoff.objects.filter(backlog_on=day).count()


def today(now: datetime) -> date:
    """The organisation's day, whoever looks."""
    return timezone.localtime(now, timezone.get_default_timezone()).date()


def is_scoring(*, now: datetime) -> bool:
    """Whether everybody is being scored anew."""
    return Rescore.objects.filter(finished_at=None, requested_at__gt=now - LONGEST_SCORING).exists()


def _held_policy(*, waits: bool) -> BacklogPolicy | None:
    """The policy, locked until the commit; None when somebody else holds it and is not waited for."""
    return BacklogPolicy.locked() if waits else BacklogPolicy.locked_if_free()


def _take(most: int, *, besides: Collection[int], now: datetime) -> Sequence[Lead]:
    """The next so many, locked; leads that somebody else holds are passed over."""
    if most <= 0:
        return ()
    chosen = list(waiting(now=now).exclude(pk__in=besides).values_list("pk", flat=True)[:most])
    # The row of the policy is held, before any lead (ARCHITECTURE.md, Locks): waiting here would hold up others.
    locked = Lead.objects.filter(pk__in=chosen).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    lead_ids = [lead.pk for lead in locked]
    # Asked again now that nobody can change them: what was true of a lead before its lock may not be any more.
    return list(waiting(now=now).filter(pk__in=lead_ids).select_related("score__criteria"))
