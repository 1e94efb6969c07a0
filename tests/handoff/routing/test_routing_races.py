"""Passes at the same moment count each other. The control shows that without the lock they do not."""

from collections import Counter
from datetime import datetime
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Rep
from handoff.routing import choosing
from handoff.routing.availability import availability_of_reps
from handoff.routing.rules import facts_of
from leads.events import SYSTEM
from leads.models import Lead
from tests.conftest import make_person
from tests.handoff.conftest import MakeHandoff
from tests.threads import at_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional")]


@pytest.fixture
def reps(transactional: None) -> list[User]:
    people = [make_person(f"rep{n}@example.com", "sales_rep", f"Rep {n}") for n in range(4)]
    Rep.objects.bulk_create(Rep(user=person) for person in people)
    return people


def spread() -> list[int]:
    """How many leads each of those who got any has."""
    return sorted(Counter(Handoff.objects.values_list("assignee", flat=True)).values())


@transaction.atomic
def pass_one(handoff: Handoff, now: datetime) -> Handoff:
    list(Lead.objects.filter(pk=handoff.lead_id).select_for_update(no_key=True))
    choice = choosing.choose(handoff, now=now)
    assert choice is not None
    return transitions.pass_to_sales(handoff_id=handoff.pk, assignee=choice.user, agent=SYSTEM, now=now)


def test_eight_at_once_are_spread_over_four(make_ready: MakeHandoff, reps: list[User], now: datetime) -> None:
    handoffs = [make_ready() for _ in range(8)]
    answers = at_once(*(partial(pass_one, handoff, now) for handoff in handoffs))
    assert all(isinstance(answer, Handoff) for answer in answers), answers
    assert spread() == [2, 2, 2, 2]


def test_the_control_gives_all_to_one(make_ready: MakeHandoff, reps: list[User], now: datetime) -> None:
    """Looks without the lock. When this spreads them, the race above tests nothing."""
    handoffs, looked = [make_ready() for _ in range(8)], Barrier(8)

    @transaction.atomic
    def careless_pass(handoff: Handoff) -> Handoff:
        availability = choosing.weigh(facts_of(handoff.lead_id), availability_of_reps(now=now), []).availability
        assert availability is not None
        looked.wait(30)
        return transitions.pass_to_sales(handoff_id=handoff.pk, assignee=availability.user, agent=SYSTEM, now=now)

    at_once(*(partial(careless_pass, handoff) for handoff in handoffs))
    assert spread() == [8]
