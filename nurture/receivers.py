"""Hears that leads changed, were scored or moved, inside the transaction that did it."""

from datetime import datetime

from django.dispatch import receiver

from leads.events import Agent
from leads.signals import catalogue_changed, leads_changed, leads_merging, leads_moved
from lib.together import sent_together
from nurture.models import Segment
from nurture.segments.building import ask_for_all
from nurture.segments.upkeep import request_looks
from nurture.sequences.leaving import settle_merge
from nurture.sequences.sql import request_for_returned, wake
from scoring.signals import leads_scored


@receiver(leads_changed, dispatch_uid="nurture.leads_changed")
@receiver(leads_scored, dispatch_uid="nurture.leads_scored")
def look_again(*, lead_ids: list[int], now: datetime, **_: object) -> None:
    with sent_together():
        request_looks(lead_ids, now=now)
        wake(lead_ids, now=now)


@receiver(leads_moved, dispatch_uid="nurture.leads_moved")
def follow(*, lead_ids: list[int], now: datetime, **_: object) -> None:
    """Sales may have got the leads, or have given them back."""
    with sent_together():
        look_again(lead_ids=lead_ids, now=now)
        request_for_returned(lead_ids, now=now)


@receiver(catalogue_changed, dispatch_uid="nurture.catalogue_changed")
def look_at_everybody(*, now: datetime, **_: object) -> None:
    ask_for_all(now=now)


@receiver(leads_merging, dispatch_uid="nurture.leads_merging")
def wait_for_whoever_looks(*, survivor_id: int, merged_id: int, agent: Agent, now: datetime, **_: object) -> None:
    """Nobody looks at either while they become one, and what counts them is held before a row of theirs goes."""
    settle_merge(survivor_id=survivor_id, merged_id=merged_id, agent=agent, now=now)
    request_looks([survivor_id, merged_id], now=now)
    holding = Segment.objects.filter(memberships__lead__in=[survivor_id, merged_id]).values("pk")
    list(Segment.objects.filter(pk__in=holding).order_by("pk").select_for_update(no_key=True))
