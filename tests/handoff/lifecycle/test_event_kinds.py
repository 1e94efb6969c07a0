"""What an event of a handoff tells whom."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff
from leads.events import Agent, event_kind
from leads.models import LeadEvent


@pytest.mark.django_db
class TestReassigned:
    def test_other_systems_are_not_told_keys_of_people(
        self, make_waiting: Callable[..., Handoff], other_rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        transitions.reassign(handoff_id=handoff.pk, assignee=other_rep, agent=Agent(user=manager), now=now)
        event = LeadEvent.objects.get(kind="handoff.reassigned")
        assert set(event.data) == {"handoff", "from", "to"}
        assert event_kind(event.kind).public_data(event) == {"handoff": str(handoff.public_id)}
