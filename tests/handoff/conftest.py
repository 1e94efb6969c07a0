"""Handoffs in each state, reached through the domain functions."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason, SlaPolicy
from leads.events import SYSTEM, Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities
from leads.models import Lead
from scoring.engine.definition import in_force
from scoring.models import Score
from tests.handoff.browsing import address_of

RECEIPT: Final[dict[str, Any]] = {
    "total": 35,
    "threshold": 30,
    "lines": [
        {"name": "Visited the pricing page", "points": 10},
        {"name": "Has an executive title", "points": 15},
        {"name": "Company of 50 to 500 people", "points": 10},
        {"name": "Joined a programme", "points": 0},
    ],
}
MakeLead = Callable[..., Lead]
MakeHandoff = Callable[..., Handoff]


@pytest.fixture
def make_ready(make_lead: MakeLead, now: datetime) -> MakeHandoff:
    """`make_ready(lead=..., at=...)`: an MQL that was not passed yet. Its score is 35 of 30 points."""

    def make(
        *,
        lead: Lead | None = None,
        at: datetime = now,
        is_fast_track: bool = False,
        pass_by: datetime | None = None,
        **fields: Any,
    ) -> Handoff:
        lead = lead or make_lead(**fields)
        criteria = in_force()
        assert criteria is not None
        score = Score(lead=lead, criteria=criteria, total=35, is_fast_track=is_fast_track)
        policy = SlaPolicy.objects.get()
        return transitions.open_handoff(
            lead=lead, score=score, receipt=RECEIPT, policy=policy, agent=SYSTEM, now=at, pass_by=pass_by
        )

    return make


@pytest.fixture
def make_waiting(make_ready: MakeHandoff, rep: User, now: datetime) -> MakeHandoff:
    """`make_waiting(assignee=..., at=...)`: passed to `rep` unless somebody else is named."""

    def make(*, assignee: User = rep, at: datetime = now, **fields: Any) -> Handoff:
        handoff = make_ready(at=at, **fields)
        return transitions.pass_to_sales(handoff_id=handoff.pk, assignee=assignee, agent=SYSTEM, now=at)

    return make


@pytest.fixture
def make_accepted(make_waiting: MakeHandoff, now: datetime) -> MakeHandoff:
    """`make_accepted(assignee=..., at=...)`: accepted by the rep it was passed to."""

    def make(*, at: datetime = now, **fields: Any) -> Handoff:
        handoff = make_waiting(at=at, **fields)
        assert handoff.assignee is not None
        return transitions.accept(handoff_id=handoff.pk, actor=handoff.assignee, now=at)

    return make


@pytest.fixture
def reason(db: None) -> Callable[[str], Reason]:
    """`reason("not_icp")`: a seeded reason by its key."""
    return lambda key: Reason.objects.get(key=key)


@pytest.fixture
def act(db: None) -> Callable[..., None]:
    """`act(lead, "page_view", at=..., page="/pricing")`: the lead does something, and intake hears of it."""

    def do(lead: Lead, type_key: str, *, at: datetime, **fields: Any) -> None:
        given = ActivityInput(
            message_id=str(uuid.uuid4()),
            type=type_key,
            occurred_at=at,
            lead=LeadInput(email=lead.email, external_id=lead.external_id or ""),
            **fields,
        )
        [taken] = take_activities([given], agent=Agent(name="test"), source="test", now=at)
        assert isinstance(taken, Taken), taken

    return do


@pytest.fixture
def deadline(now: datetime) -> datetime:
    """When a handoff passed at `now` has to be answered."""
    return now + timedelta(hours=24)


@pytest.fixture
def ten_minutes_later(now: datetime) -> Iterator[Any]:
    """People are at the browser ten minutes after `now`; a test may move on with `move_to`."""
    with time_machine.travel(now + timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def look(client: Client) -> Callable[..., Any]:
    """`look(rep, "detail", handoff)`: a page as a browser asks for it."""

    def get(user: User, action: str, handoff: Handoff) -> Any:
        client.force_login(user)
        return client.get(address_of(action, handoff))

    return get


@pytest.fixture
def post(client: Client) -> Callable[..., Any]:
    """`post(rep, "reject", handoff, reason=...)`: the form as a browser sends it."""

    def send(user: User, action: str, handoff: Handoff, *, headers: dict[str, str] | None = None, **data: Any) -> Any:
        client.force_login(user)
        return client.post(address_of(action, handoff), data, headers=headers)

    return send


ANSWERS: Final = {
    "timeline": "This quarter",
    "budget": "20,000",
    "problem": "Slow audits",
    "involved": "The CFO",
}
