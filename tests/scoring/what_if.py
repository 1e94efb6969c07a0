"""Leads by the example criteria, a draft that looks at something else, and what it would make of all of them."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead
from scoring.engine.batches import drain
from scoring.engine.definition import load
from scoring.models import Criteria, Rule
from scoring.whatif.sources import computed
from scoring.whatif.sql import counting, tally_some
from scoring.whatif.tally import Tallies
from tests.scoring.shipped import make_draft

THRESHOLDS: Final = [5, 10, 15, 20, 25, 30]


def fill(rows: int, *, downloads: int = 3) -> list[Lead]:
    """Leads that did more or less, scored by the example: the n-th has n % (downloads + 1) different downloads."""
    now = timezone.now()
    start = Lead.objects.count()
    events = [
        ActivityInput(
            message_id=f"{number}-{kind}-{part}", type=kind, page="/pricing", asset=f"guide {part}",
            lead=LeadInput(email=f"n{number}@example.com", city="Rome" if number % 2 else "Porto"),
            channel=f"channel {number % 3}", occurred_at=now - timedelta(hours=1 + part),
        )
        for number in range(start, start + rows)
        for kind, parts in (("page_view", 1), ("download", number % (downloads + 1)))
        for part in range(parts)
    ]  # fmt: skip
    take_activities(events, agent=Agent(name="test"), source="test", now=now)
    while drain(now=now):
        pass
    return list(Lead.objects.order_by("pk"))


def changed(marketer: User, **columns: Any) -> Criteria:
    """A draft that looks at other things: views of the pricing page count less, another city more."""
    draft = make_draft(marketer, timezone.now(), **{"threshold": 20} | columns)
    draft.rules.filter(page_category="pricing").update(within_days=30, points=4)
    Rule.objects.create(
        criteria=draft, kind="fit", name="city", position=80, field="city", operator="is", values=["Rome"], points=9
    )
    return Criteria.objects.get(pk=draft.pk)


def everybody(criteria: Criteria, *, now: datetime, held: Criteria | None = None) -> Tallies:
    new = load(criteria)
    part = counting(computed(new, load(held) if held else None, now=now), new, THRESHOLDS)
    return tally_some(part, THRESHOLDS, lead_ids=list(Lead.objects.values_list("pk", flat=True)), now=now)
