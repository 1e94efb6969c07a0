"""What is recorded when a deal ends, and when what was said of it changes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from leads.deals import Closing, close
from leads.events import SYSTEM
from leads.models import Lead, LeadEvent

pytestmark = pytest.mark.django_db


def kinds(lead: Lead) -> list[str]:
    """Those of the outcomes, oldest first."""
    told = LeadEvent.objects.filter(lead=lead).exclude(kind="lead.created").order_by("pk")
    return list(told.values_list("kind", flat=True))


def test_a_lost_deal_that_is_won_on_another_day_makes_a_customer_and_corrects_nothing(
    make_lead: Callable[..., Lead], now: datetime
) -> None:
    lead, lost_at = make_lead(), now - timedelta(days=9)
    close(lead, Closing(is_won=False, at=lost_at, external_id="D1"), agent=SYSTEM, now=now)
    before = kinds(lead)
    won = Closing(is_won=True, at=now - timedelta(days=2), amount=Decimal(900), external_id="D1")
    assert close(lead, won, agent=SYSTEM, now=now)
    assert "lead.deal_day" not in kinds(lead)[len(before) :]
    lead.refresh_from_db()
    assert (lead.customer_at, lead.amount) == (won.at, Decimal(900))
    assert lead.deals.get().is_won


def test_the_same_again_records_nothing(make_lead: Callable[..., Lead], now: datetime) -> None:
    lead, won = make_lead(), Closing(is_won=True, at=now - timedelta(days=2), amount=Decimal(900), external_id="D1")
    close(lead, won, agent=SYSTEM, now=now)
    before = kinds(lead)
    assert not close(lead, won, agent=SYSTEM, now=now)
    assert kinds(lead) == before
