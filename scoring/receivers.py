"""Hears that leads changed, inside the transaction that changed them."""

from datetime import datetime

from django.dispatch import receiver

from leads.signals import catalogue_changed, leads_changed
from scoring.engine.requests import request_scores
from scoring.engine.rescore import request_everybody
from scoring.models import Why


@receiver(leads_changed, dispatch_uid="scoring.leads_changed")
def ask_for_scores(*, lead_ids: list[int], active_ids: set[int], now: datetime, **_: object) -> None:
    whys = {lead_id: Why.ACTIVITY if lead_id in active_ids else Why.PROFILE for lead_id in lead_ids}
    request_scores(whys, now=now)


@receiver(catalogue_changed, dispatch_uid="scoring.catalogue_changed")
def ask_for_all_scores(*, now: datetime, **_: object) -> None:
    request_everybody(now=now, why=Why.CATALOGUE)
