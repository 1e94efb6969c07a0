"""Hears of leads that were scored or closed, and of personas, inside the transaction that did it."""

from datetime import datetime

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from handoff.deadlines import sla
from handoff.lifecycle import passing, transitions
from handoff.models import Handoff, State
from handoff.promotion import promotions
from leads.events import Agent
from leads.models import Stage, Status
from leads.signals import leads_closed, leads_merging
from scoring.models import Persona
from scoring.signals import leads_scored


@receiver(leads_scored, dispatch_uid="handoff.leads_scored")
def ask_for_promotion(*, qualifying: list[int], now: datetime, **_: object) -> None:
    if qualifying:
        promotions.request(qualifying, now=now)


@receiver(leads_closed, dispatch_uid="handoff.leads_closed")
def close_what_is_open(*, lead_ids: list[int], now: datetime, **_: object) -> None:
    """An outcome ends the handoff that is on its way; one that has ended stays as it is.

    A deal does not end what sales has accepted: they still say what made it an SQL, until the deal is lost.
    """
    with_a_deal = Q(state=State.ACCEPTED, lead__stage=Stage.OPPORTUNITY, lead__status=Status.WORKING)
    on_their_way = Handoff.objects.open().filter(lead__in=lead_ids).exclude(with_a_deal).order_by("lead_id")
    for handoff_id in on_their_way.values_list("pk", flat=True):
        transitions.close_with_lead(handoff_id=handoff_id, now=now)


@receiver(leads_merging, dispatch_uid="handoff.leads_merging")
def keep_one_open(*, merged_id: int, goes_on_as_merged: bool, agent: Agent, now: datetime, **_: object) -> None:
    """The open handoff of the run that goes on stays open, and goes over with it; the other one ends."""
    if goes_on_as_merged:
        return
    for handoff_id in Handoff.objects.open().filter(lead_id=merged_id).values_list("pk", flat=True):
        passing.close_with_merge(handoff_id=handoff_id, agent=agent, now=now)


@receiver(pre_delete, sender=Persona, dispatch_uid="handoff.persona_deleted")
def switch_off_what_was_for(*, instance: Persona, **_: object) -> None:
    sla.forget(instance)
