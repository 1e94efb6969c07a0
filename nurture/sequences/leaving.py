"""Enrolments that end otherwise than by a step: somebody takes a lead out, or two leads become one."""

from collections.abc import Sequence as Many
from datetime import datetime

from django.db import transaction

from leads.events import Agent
from leads.lifecycle import locked
from leads.models import Lead
from nurture.event_kinds import ENDED
from nurture.models import Enrolment
from nurture.sequences.recording import end_nurturing, record_all
from nurture.sequences.sends import call_off_sends


@transaction.atomic
def take_out(enrolment_id: int, *, agent: Agent, now: datetime) -> bool:
    """The lead leaves the sequence before its end. Returns whether it was still in it."""
    [lead] = locked(Enrolment.objects.filter(pk=enrolment_id).order_by().values("lead_id"))
    ended = end_all([lead], only=[enrolment_id], reason=Enrolment.Reason.BY_HAND, agent=agent, now=now)
    return bool(ended)


def end_all(
    leads: Many[Lead], *, only: Many[int] | None = None, reason: Enrolment.Reason, agent: Agent, now: datetime
) -> list[Enrolment]:
    """Ends the open enrolments of these leads, which are held; `only` these of them. Returns those that ended."""
    rows = Enrolment.objects.open().filter(lead__in=leads).order_by("pk")
    if only is not None:
        rows = rows.filter(pk__in=only)
    ending = list(rows.select_related("sequence").select_for_update(no_key=True, of=("self",)))
    for one in ending:
        one.state, one.reason, one.due_at = Enrolment.State.LEFT, reason, None
        one.ended_at = max(now, one.entered_at)
        one.save(update_fields=["state", "reason", "ended_at", "due_at"])
    record_all(ending, ENDED, agent=agent, now=now)
    call_off_sends(ending, now=now)
    end_nurturing([lead for lead in leads if lead.pk in {one.lead_id for one in ending}], agent=agent, now=now)
    return ending


def settle_merge(*, survivor_id: int, merged_id: int, agent: Agent, now: datetime) -> None:
    """Of two leads that become one, and are both in a sequence, the survivor goes on where it is; both are held."""
    [merged] = locked([merged_id])
    both = Enrolment.objects.open().filter(lead=survivor_id).values("sequence")
    doubled = Enrolment.objects.open().filter(lead=merged_id, sequence__in=both).values_list("pk", flat=True)
    if only := list(doubled):
        end_all([merged], only=only, reason=Enrolment.Reason.MERGED, agent=agent, now=now)
