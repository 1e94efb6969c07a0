"""Hears that leads changed, inside the transaction that changed them."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from leads.signals import leads_changed
from scoring.requests import request_scores


@receiver(leads_changed, dispatch_uid="scoring.leads_changed")
def ask_for_scores(*, lead_ids: list[int], now: datetime, **_: Any) -> None:
    request_scores(lead_ids, now=now)
