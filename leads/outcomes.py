"""What became of a lead, recorded by a person: a deal, a customer, or lost."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from leads import deals, lifecycle
from leads.events import Agent
from leads.models import Lead
from lib.text import storable


@transaction.atomic
def opportunity(*, lead_id: int, agent: Agent, at: datetime, now: datetime, text: str = "") -> bool:
    """There is a deal. Returns whether that was new; so do the others."""
    return lifecycle.become_opportunity(_locked(lead_id), agent=agent, at=at, now=now, text=_words(text))


@transaction.atomic
def customer(
    *,
    lead_id: int,
    agent: Agent,
    at: datetime,
    now: datetime,
    text: str = "",
    amount: Decimal | None = None,
    deal: str = "",
) -> bool:
    """The lead bought, for the first time or again; said again of the same deal, it is corrected."""
    closing = deals.Closing(is_won=True, at=at, amount=amount, external_id=_words(deal), text=_words(text))
    return deals.close(_locked(lead_id), closing, agent=agent, now=now)


@transaction.atomic
def lost(*, lead_id: int, agent: Agent, at: datetime, now: datetime, text: str, deal: str = "") -> bool:
    """A deal is lost; a customer is not lost by it."""
    closing = deals.Closing(is_won=False, at=at, external_id=_words(deal), text=_words(text))
    return deals.close(_locked(lead_id), closing, agent=agent, now=now)


def _locked(lead_id: int) -> Lead:
    return lifecycle.locked([lead_id]).get()


def _words(text: str) -> str:
    return storable(text).strip()
