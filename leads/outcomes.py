"""What became of a lead, recorded by a person: a deal, a customer, or lost."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from leads import lifecycle
from leads.events import Agent
from leads.models import Lead
from lib.text import storable


@transaction.atomic
def opportunity(*, lead_id: int, agent: Agent, at: datetime, now: datetime, text: str = "") -> bool:
    """There is a deal. Returns whether that was new; so do the others."""
    return lifecycle.become_opportunity(_locked(lead_id), agent=agent, at=at, now=now, text=_words(text))


@transaction.atomic
def customer(
    *, lead_id: int, agent: Agent, at: datetime, now: datetime, text: str = "", amount: Decimal | None = None
) -> bool:
    """The lead bought, whichever stages it skipped; an amount that is better known replaces the one before."""
    lead = _locked(lead_id)
    return lifecycle.become_customer(lead, agent=agent, at=at, now=now, amount=amount, text=_words(text))


@transaction.atomic
def lost(*, lead_id: int, agent: Agent, at: datetime, now: datetime, text: str) -> bool:
    """The deal is lost; a customer is not lost this way."""
    return lifecycle.become_lost(_locked(lead_id), agent=agent, at=at, now=now, text=_words(text))


def _locked(lead_id: int) -> Lead:
    return lifecycle.locked([lead_id]).get()


def _words(text: str) -> str:
    return storable(text).strip()
