"""Hears that leads were scored or closed, inside the transaction that did it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from handoff import lifecycle
from handoff.models import Handoff
from handoff.promotion import promote
from leads.signals import leads_closed
from scoring.signals import leads_scored


@receiver(leads_scored, dispatch_uid="handoff.leads_scored")
def promote_those_that_qualify(*, lead_ids: list[int], now: datetime, **_: Any) -> None:
    promote(lead_ids, now=now)


@receiver(leads_closed, dispatch_uid="handoff.leads_closed")
def close_what_is_open(*, lead_ids: list[int], now: datetime, **_: Any) -> None:
    """An outcome ends the handoff that is on its way; one that has ended stays as it is."""
    open_handoffs = Handoff.objects.open().filter(lead__in=lead_ids).order_by("lead_id")
    for handoff_id in open_handoffs.values_list("pk", flat=True):
        lifecycle.close_with_lead(handoff_id=handoff_id, now=now)
