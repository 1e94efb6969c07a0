"""Nothing happened in time: the sweeper returns every due lead once, at its deadline."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from handoff.models import Delivery, Handoff, SlaPolicy
from handoff.sla import breach_overdue, policy_for
from leads.models import Lead
from tests.handoff.conftest import MakeHandoff, MakeLead
from tests.handoff.poison import poison

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


class TestPolicy:
    def test_the_first_that_is_in_use(self, make_lead: MakeLead) -> None:
        SlaPolicy.objects.update(is_active=False)
        SlaPolicy.objects.create(name="slow", hours=48, position=2)
        quick = SlaPolicy.objects.create(name="quick", hours=4, position=1)
        assert policy_for(make_lead()) == quick

    def test_no_lead_is_without_a_clock(self, make_lead: MakeLead) -> None:
        SlaPolicy.objects.update(is_active=False)
        assert policy_for(make_lead()).hours == 24

    def test_a_handoff_keeps_the_deadline_it_started_with(self, make_waiting: MakeHandoff, deadline: datetime) -> None:
        handoff = make_waiting()
        SlaPolicy.objects.update(hours=1)
        handoff.refresh_from_db()
        assert handoff.respond_by == deadline
        assert breach_overdue(now=deadline - MICROSECOND) == 0


class TestBreachOverdue:
    def test_exactly_at_the_deadline_and_not_before(self, make_waiting: MakeHandoff, deadline: datetime) -> None:
        make_waiting()
        assert breach_overdue(now=deadline - MICROSECOND) == 0
        assert breach_overdue(now=deadline) == 1

    def test_hours_later_it_is_recorded_at_the_deadline(
        self, make_waiting: MakeHandoff, manager: User, deadline: datetime
    ) -> None:
        make_waiting()
        assert breach_overdue(now=deadline + 6 * HOUR) == 1
        handoff = Handoff.objects.get()
        assert (handoff.state, handoff.breached_at, handoff.detected_at) == (
            "breached", deadline, deadline + 6 * HOUR,
        )  # fmt: skip
        event = handoff.lead.events.get(kind="handoff.breached")
        assert (event.at, event.recorded_at, event.agent) == (deadline, deadline + 6 * HOUR, "system")
        lead = handoff.lead
        assert (lead.status, lead.rest_until, lead.recycle_count) == ("recycled", None, 1)
        assert Delivery.objects.get(kind="handoff.breached").recipient == manager

    def test_twice_does_nothing_more(self, make_waiting: MakeHandoff, manager: User, deadline: datetime) -> None:
        make_waiting()
        assert [breach_overdue(now=deadline) for _ in range(2)] == [1, 0]
        assert Delivery.objects.filter(kind="handoff.breached").count() == 1

    def test_an_accepted_one_is_left_alone(self, make_accepted: MakeHandoff, deadline: datetime) -> None:
        make_accepted()
        assert breach_overdue(now=deadline + HOUR) == 0
        assert Handoff.objects.get().state == "accepted"

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_all_that_are_due_whatever_the_batch(
        self, make_waiting: MakeHandoff, deadline: datetime, limit: int
    ) -> None:
        for hours in range(5):
            make_waiting(at=deadline - timedelta(hours=24 + hours))
        make_waiting(at=deadline)
        assert breach_overdue(now=deadline, limit=limit) == 5

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_a_poisoned_one_does_not_stop_the_others(
        self,
        make_waiting: MakeHandoff,
        manager: User,
        deadline: datetime,
        limit: int,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        poisoned = make_waiting(at=deadline - timedelta(hours=30))  # the oldest: it comes first
        others = [make_waiting() for _ in range(3)]
        poison("leads_leadevent", f"NEW.lead_id = {poisoned.lead_id} AND NEW.kind = 'handoff.breached'")
        assert breach_overdue(now=deadline, limit=limit) == 3
        assert f"Handoff {poisoned.pk} could not be moved" in caplog.text
        poisoned.refresh_from_db()
        assert poisoned.state == "waiting"
        assert Lead.objects.get(pk=poisoned.lead_id).status == "awaiting_sales"
        assert not poisoned.deliveries.filter(kind="handoff.breached").exists()
        assert {Handoff.objects.get(pk=other.pk).state for other in others} == {"breached"}
