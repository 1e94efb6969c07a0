"""The same leads are promoted by several at once, some of whom forget that leads have to be locked."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from handoff.lifecycle import transitions
from handoff.models import OPEN, Handoff, SlaPolicy
from leads.events import SYSTEM, Agent
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.models import Lead
from scoring.engine.definition import in_force
from scoring.models import Score
from tests.handoff.conftest import RECEIPT
from tests.threads import at_once

AT_ONCE: Final = 4


@dataclass(frozen=True, kw_only=True)
class Crowd:
    leads: int
    opened: int
    refused: int
    other: Counter[str]


def run(*, leads: int) -> Crowd:
    """Each lead by AT_ONCE promoters who looked at it before any of them wrote."""
    now = timezone.now()
    inputs = [LeadInput(email=f"many{number}@example.com") for number in range(leads)]
    taken = take_leads(inputs, agent=Agent(name="test"), now=now)
    outcomes = Counter[str]()
    for each in taken:
        assert isinstance(each, Taken)
        seen = [Lead.objects.get(pk=each.lead_id) for _ in range(AT_ONCE)]
        outcomes.update(type(answer).__name__ for answer in at_once(*(partial(_open_unlocked, lead) for lead in seen)))
    refused = outcomes.pop(IntegrityError.__name__, 0)
    return Crowd(leads=leads, opened=outcomes.pop(Handoff.__name__, 0), refused=refused, other=outcomes)


def check(crowd: Crowd) -> None:
    """Raises AssertionError unless each lead is on its way once."""
    on_their_way = Counter(Handoff.objects.filter(state__in=OPEN).values_list("lead", flat=True))
    assert set(on_their_way.values()) == {1}, f"On their way twice: {sum(n > 1 for n in on_their_way.values())} leads."
    assert (len(on_their_way), crowd.opened) == (crowd.leads, crowd.leads)
    assert crowd.refused == crowd.leads * (AT_ONCE - 1)
    assert not crowd.other


@transaction.atomic
def _open_unlocked(lead: Lead) -> Handoff:
    """As a program would that knows nothing of locks: the database itself has to say no."""
    criteria = in_force()
    assert criteria is not None
    score = Score(lead=lead, criteria=criteria, total=35, is_fast_track=False)
    policy = SlaPolicy.objects.get()
    return transitions.open_handoff(
        lead=lead, score=score, receipt=RECEIPT, policy=policy, agent=SYSTEM, now=timezone.now()
    )
