"""Hears that leads changed, inside the transaction that changed them."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from leads.signals import catalogue_changed, leads_changed
from scoring.engine import request_everybody
from scoring.requests import request_scores


@receiver(leads_changed, dispatch_uid="scoring.leads_changed")
def ask_for_scores(*, lead_ids: list[int], now: datetime, **_: Any) -> None:
    request_scores(lead_ids, now=now)


@receiver(catalogue_changed, dispatch_uid="scoring.catalogue_changed")
def ask_for_all_scores(*, now: datetime, **_: Any) -> None:
    request_everybody(now=now)
