"""Leads whose holder cannot answer any more, because they have left or are out beyond the deadline, go on."""

from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ROLES, SALES
from handoff.lifecycle import passing
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Handoff, PassPolicy, State
from handoff.routing import choosing
from handoff.routing.availability import running
from handoff.sweeping import sweep
from leads.events import SYSTEM

BATCH: Final = 50


def reroute_held(*, now: datetime) -> int:
    """Gives each of them to somebody else, the most urgent first. Returns how many.

    A lead for which nobody is left stays where it is: its clock goes on, and a breach ends it.
    """
    return sweep(
        stranded(now=now).order_by("respond_by", "pk"), lambda handoff: _reroute(handoff, now=now), batch=BATCH
    )


def stranded(*, now: datetime) -> QuerySet[Handoff]:
    """Handoffs whose holder has left, and those that wait for somebody who is out until after the deadline."""
    away = running(now=now).filter(rep=OuterRef("assignee"), ends_at__gte=OuterRef("respond_by"))
    waiting = Q(state=State.WAITING, respond_by__gt=now)
    return Handoff.objects.filter(waiting & (Exists(away) | _left()) | Q(_left(), state=State.ACCEPTED))


def _left() -> Q:
    """The holder is inactive, or has become somebody who does not take leads and whom no policy names."""
    sales = Exists(User.objects.in_role(*SALES).filter(pk=OuterRef("assignee")))
    named = Q(assignee=F("policy__escalate_to")) | Q(assignee=PassPolicy.current().fallback_id)
    here = Exists(User.objects.in_role(*ROLES).filter(pk=OuterRef("assignee")))
    return ~Q(sales) & ~Q(named & Q(here))


def _reroute(handoff: Handoff, *, now: datetime) -> None:
    choice = choosing.choose_instead(handoff, now=now)
    if choice is None:
        raise NotPossible(_("Nobody is left who could take this lead."))
    holder = handoff.assignee
    if holder is None:
        raise NotPossible(_("This lead was not passed to sales yet."))
    why = _("%(rep)s is out beyond the deadline.") if holder.is_active else _("%(rep)s does not take leads any more.")
    passing.reassign(
        handoff_id=handoff.pk,
        assignee=choice.user,
        agent=SYSTEM,
        now=now,
        because=f"{why % {'rep': holder}} {choice.because}"[: choosing.LONGEST],
        is_shared=choice.is_shared and handoff.state == State.WAITING,
        to_manager=choice.to_manager,
    )
