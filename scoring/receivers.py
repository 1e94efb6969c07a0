"""Hears that leads changed, inside the transaction that changed them."""

from datetime import datetime
from typing import Final

from django.dispatch import receiver

from leads.signals import catalogue_changed, leads_changed, leads_merging
from leads.turns import Turn
from scoring import overrides
from scoring.engine.requests import request_scores
from scoring.engine.rescore import request_everybody
from scoring.models import Why

# Why a lead is scored that did nothing, and so what made it qualify: it says when it goes to sales.
WHYS: Final = {Turn.NOW: Why.PROFILE, Turn.WAITS: Why.IMPORT, Turn.NEVER: Why.KEPT_BACK}


@receiver(leads_changed, dispatch_uid="scoring.leads_changed")
def ask_for_scores(
    *, lead_ids: list[int], active_ids: set[int], now: datetime, turn: Turn = Turn.NOW, **_: object
) -> None:
    whys = {lead_id: Why.ACTIVITY if lead_id in active_ids else WHYS[turn] for lead_id in lead_ids}
    request_scores(whys, now=now)


@receiver(leads_merging, dispatch_uid="scoring.leads_merging")
def keep_one_override(*, survivor_id: int, merged_id: int, now: datetime, **_: object) -> None:
    """Points by hand that hold for both: those of the lead that survives go on."""
    overrides.end_beside(survivor_id=survivor_id, merged_id=merged_id, now=now)


@receiver(catalogue_changed, dispatch_uid="scoring.catalogue_changed")
def ask_for_all_scores(*, now: datetime, **_: object) -> None:
    request_everybody(now=now, why=Why.CATALOGUE)
