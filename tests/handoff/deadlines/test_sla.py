"""Nothing happened in time: the sweeper returns every due lead once, at its deadline."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from handoff.deadlines.sla import breach_overdue, policy_for
from handoff.models import Handoff, SlaPolicy
from handoff.news_facts import subject_of
from leads.models import Channel, Lead
from outbox.models import Delivery
from scoring.models import Persona, Score
from tests.handoff.conftest import MakeHandoff, MakeLead
from tests.handoff.poison import poison

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


class TestPolicy:
    def test_the_first_that_is_in_use(self, make_lead: MakeLead) -> None:
        SlaPolicy.objects.update(is_active=False)
        SlaPolicy.objects.create(name="slow", respond_within=48 * HOUR, position=2)
        quick = SlaPolicy.objects.create(name="quick", respond_within=4 * HOUR, position=1)
        assert policy_for(make_lead(), Score()) == quick

    @pytest.mark.parametrize("priority", ["fast_track", "ordinary", "any"])
    @pytest.mark.parametrize("is_fast_track", [True, False])
    def test_of_fast_track_leads_of_others_and_of_all(
        self, make_lead: MakeLead, priority: str, is_fast_track: bool
    ) -> None:
        made = SlaPolicy.objects.create(name="quick", respond_within=4 * HOUR, priority=priority)
        SlaPolicy.objects.filter(respond_within=24 * HOUR).update(position=5)
        holds = priority == "any" or (priority == "fast_track") is is_fast_track
        assert (policy_for(make_lead(), Score(is_fast_track=is_fast_track)) == made) is holds

    def test_by_the_channel_that_the_first_one_counts_as(self, make_lead: MakeLead) -> None:
        ads = Channel.objects.get(key="paid_search")
        Channel.objects.create(key="adwords", name="AdWords", counts_as=ads)
        SlaPolicy.objects.update(position=5)
        made = SlaPolicy.objects.create(name="ads", respond_within=4 * HOUR)
        made.channels.add(ads)
        SlaPolicy.objects.create(name="also", respond_within=8 * HOUR, position=1).channels.add(*Channel.objects.all())
        came_by = {
            key: policy_for(make_lead(channel=key), Score()).respond_within
            for key in ("paid_search", "adwords", "referral")
        }
        assert came_by == {"paid_search": 4 * HOUR, "adwords": 4 * HOUR, "referral": 8 * HOUR}
        assert policy_for(make_lead(), Score()).respond_within == 24 * HOUR

    def test_by_a_spelling_that_a_policy_names(self, make_lead: MakeLead) -> None:
        ads = Channel.objects.get(key="paid_search")
        spelling = Channel.objects.create(key="adwords", name="AdWords", counts_as=ads)
        SlaPolicy.objects.update(position=5)
        SlaPolicy.objects.create(name="ads", respond_within=4 * HOUR).channels.add(spelling)
        assert policy_for(make_lead(channel="paid_search"), Score()).respond_within == 4 * HOUR

    def test_it_is_one_question(self, make_lead: MakeLead, django_assert_num_queries: Any) -> None:
        lead = make_lead(channel="referral")
        with django_assert_num_queries(1):
            policy_for(lead, Score())

    def test_by_the_persona_the_lead_fits_best(self, make_lead: MakeLead) -> None:
        chief, buyer = (Persona.objects.create(name=name) for name in ("Chief", "Buyer"))
        SlaPolicy.objects.update(position=5)
        SlaPolicy.objects.create(name="chiefs", respond_within=2 * HOUR).personas.add(chief)
        hours = [
            policy_for(make_lead(), Score(persona=persona)).respond_within // HOUR for persona in (chief, buyer, None)
        ]
        assert hours == [2, 24, 24]

    def test_a_persona_that_is_deleted_leaves_no_policy_for_everybody(self, make_lead: MakeLead) -> None:
        chief, buyer = (Persona.objects.create(name=name) for name in ("Chief", "Buyer"))
        SlaPolicy.objects.update(position=5)
        SlaPolicy.objects.create(name="chiefs", respond_within=2 * HOUR).personas.add(chief)
        SlaPolicy.objects.create(name="both", respond_within=4 * HOUR, position=1).personas.add(chief, buyer)
        chief.delete()
        assert [
            policy_for(make_lead(), Score(persona=persona)).respond_within // HOUR for persona in (buyer, None)
        ] == [4, 24]

    def test_every_condition_has_to_be_met(self, make_lead: MakeLead) -> None:
        chief = Persona.objects.create(name="Chief")
        SlaPolicy.objects.update(position=5)
        made = SlaPolicy.objects.create(name="hot chiefs", respond_within=HOUR, priority="fast_track")
        made.personas.add(chief)
        made.channels.add(Channel.objects.get(key="referral"))
        lead = make_lead(channel="referral")
        assert policy_for(lead, Score(persona=chief, is_fast_track=True)) == made
        assert policy_for(lead, Score(persona=chief)) != made
        assert policy_for(lead, Score(is_fast_track=True)) != made
        assert policy_for(make_lead(), Score(persona=chief, is_fast_track=True)) != made

    def test_no_lead_is_without_a_clock(self, make_lead: MakeLead) -> None:
        SlaPolicy.objects.update(is_active=False)
        assert policy_for(make_lead(), Score()).respond_within == 24 * HOUR
        SlaPolicy.objects.create(name="quick", respond_within=HOUR, priority="fast_track")
        assert policy_for(make_lead(), Score()).respond_within == 24 * HOUR

    def test_a_handoff_keeps_the_deadline_it_started_with(self, make_waiting: MakeHandoff, deadline: datetime) -> None:
        handoff = make_waiting()
        SlaPolicy.objects.update(respond_within=HOUR)
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
        assert not Delivery.objects.filter(subject=subject_of(poisoned).key, kind="handoff.breached").exists()
        assert {Handoff.objects.get(pk=other.pk).state for other in others} == {"breached"}
