"""Every transition: where it starts, what it writes, whom it refuses."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from handoff.deadlines.due_times import deadlines
from handoff.lifecycle import transitions
from handoff.lifecycle.transitions import AlreadyDecided, Incomplete, NotPossible, TooLate
from handoff.models import Handoff, Reason, SlaPolicy
from leads import lifecycle as leads
from leads.events import SYSTEM, Agent
from leads.models import Lead
from outbox.models import Delivery
from tests.handoff.conftest import ANSWERS, RECEIPT, MakeHandoff

GetReason = Callable[[str], Reason]
SECOND = timedelta(seconds=1)


def events_of(handoff: Handoff) -> list[str]:
    """Kinds, oldest first, without how the lead came in."""
    kinds = handoff.lead.events.order_by("pk").values_list("kind", flat=True)
    return [kind for kind in kinds if kind != "lead.created"]


class TestOpen:
    def test_makes_an_mql_with_its_receipt(self, make_ready: MakeHandoff, now: datetime) -> None:
        handoff = make_ready()
        lead = Lead.objects.get(pk=handoff.lead_id)
        assert (handoff.state, handoff.receipt, handoff.opened_at) == ("ready", RECEIPT, now)
        assert (lead.stage, lead.status, lead.mql_count, lead.first_mql_at) == (
            "mql",
            "awaiting_review",
            1,
            now,
        )
        event = lead.events.get(kind="lead.mql")
        assert event.data == {"handoff": str(handoff.public_id), "score": 35}

    def test_refuses_a_second_open_one(self, make_ready: MakeHandoff) -> None:
        handoff = make_ready()
        with pytest.raises(IntegrityError, match="handoff_one_open_per_lead"), transaction.atomic():
            make_ready(lead=handoff.lead)
        assert Handoff.objects.count() == 1


class TestPass:
    def test_starts_the_clock_and_tells_the_rep(
        self, make_waiting: MakeHandoff, rep: User, now: datetime, deadline: datetime
    ) -> None:
        handoff = Handoff.objects.get(pk=make_waiting().pk)
        assert (handoff.state, handoff.assignee, handoff.passed_at) == ("waiting", rep, now)
        assert handoff.respond_by == deadline
        lead = handoff.lead
        assert (lead.status, lead.owner, lead.stage) == ("awaiting_sales", rep, "mql")
        delivery = Delivery.objects.get()
        assert (delivery.kind, delivery.recipient, delivery.state) == ("handoff.passed", rep, "pending")

    def test_refuses_one_that_was_passed(self, make_waiting: MakeHandoff, other_rep: User, now: datetime) -> None:
        handoff = make_waiting()
        with pytest.raises(NotPossible):
            transitions.pass_to_sales(handoff_id=handoff.pk, assignee=other_rep, agent=SYSTEM, now=now)
        assert Handoff.objects.get().assignee != other_rep
        assert Delivery.objects.count() == 1

    @pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
    @pytest.mark.parametrize("day", ["2026-03-07", "2026-03-28", "2026-10-24"])
    def test_the_deadline_is_elapsed_time_across_a_clock_change(self, zone: str, day: str) -> None:
        policy = SlaPolicy(respond_within=timedelta(hours=24))
        for hour in range(48):
            passed = (datetime.fromisoformat(day) + timedelta(hours=hour)).replace(tzinfo=ZoneInfo(zone))
            [due] = deadlines(policy, passed)
            elapsed = due.respond_by - passed.astimezone(UTC)
            assert elapsed == timedelta(hours=24)


class TestAccept:
    def test_makes_a_sal_in_the_hands_of_who_accepts(self, make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
        handoff = transitions.accept(handoff_id=make_waiting().pk, actor=rep, now=now + SECOND)
        stored = Handoff.objects.get(pk=handoff.pk)
        assert (stored.state, stored.accepted_at, stored.first_responded_at) == (
            "accepted",
            now + SECOND,
            now + SECOND,
        )
        assert (stored.decided_by, stored.closed_at) == (rep, None)
        lead = stored.lead
        assert (lead.stage, lead.status, lead.sal_at, lead.owner) == ("sal", "working", now + SECOND, rep)
        assert events_of(stored) == ["lead.mql", "handoff.passed", "handoff.accepted"]

    def test_a_manager_accepts_for_the_rep(
        self, make_waiting: MakeHandoff, rep: User, manager: User, now: datetime
    ) -> None:
        handoff = transitions.accept(handoff_id=make_waiting().pk, actor=manager, now=now)
        assert (handoff.decided_by, handoff.assignee, handoff.lead.owner) == (manager, rep, rep)

    def test_the_second_hears_who_was_first_and_when(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        handoff = make_waiting()
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=now + SECOND)
        with pytest.raises(AlreadyDecided) as refused, timezone.override(ZoneInfo("Asia/Tokyo")):
            transitions.accept(handoff_id=handoff.pk, actor=other_rep, now=now + 2 * SECOND)
        assert str(refused.value) == "Ana Rep accepted this lead on 10 March 2026, 18:00."
        assert (refused.value.by, refused.value.at) == (rep, now + SECOND)
        assert Handoff.objects.get().assignee == rep

    def test_one_that_was_not_passed_cannot_be_accepted(
        self, make_ready: MakeHandoff, rep: User, now: datetime
    ) -> None:
        with pytest.raises(NotPossible, match="not passed to sales yet"):
            transitions.accept(handoff_id=make_ready().pk, actor=rep, now=now)

    def test_the_last_moment_counts(self, make_waiting: MakeHandoff, rep: User, deadline: datetime) -> None:
        moment = deadline - timedelta(microseconds=1)
        assert transitions.accept(handoff_id=make_waiting().pk, actor=rep, now=moment).state == "accepted"


class TestTooLate:
    """`respond_by` is the truth, not the sweeper's speed."""

    @pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=3)])
    @pytest.mark.parametrize("how", ["accept", "reject", "accept_and_qualify"])
    def test_the_answer_is_refused_and_the_lead_has_been_returned(
        self,
        *,
        make_waiting: MakeHandoff,
        reason: GetReason,
        rep: User,
        manager: User,
        deadline: datetime,
        late: timedelta,
        how: str,
    ) -> None:
        handoff = make_waiting()
        more: dict[str, Mapping[str, Any]] = {
            "reject": {"reason": reason("not_icp")},
            "accept_and_qualify": ANSWERS,
        }
        decide: Any = getattr(transitions, how)
        with pytest.raises(TooLate, match=r"by 11 March 2026, 09:00\. It went back to nurture\."):
            decide(handoff_id=handoff.pk, actor=rep, now=deadline + late, **more.get(how, {}))
        self.assert_returned(handoff.pk, deadline=deadline, detected_at=deadline + late)
        assert Delivery.objects.filter(kind="handoff.breached", recipient=manager).count() == 1

    def test_so_it_is_after_the_sweeper(self, make_waiting: MakeHandoff, rep: User, deadline: datetime) -> None:
        handoff = make_waiting()
        transitions.breach(handoff_id=handoff.pk, now=deadline)
        with pytest.raises(TooLate):
            transitions.accept(handoff_id=handoff.pk, actor=rep, now=deadline + SECOND)
        self.assert_returned(handoff.pk, deadline=deadline, detected_at=deadline)

    def assert_returned(self, handoff_id: int, *, deadline: datetime, detected_at: datetime) -> None:
        handoff = Handoff.objects.get(pk=handoff_id)
        assert (handoff.state, handoff.breached_at, handoff.detected_at) == (
            "breached",
            deadline,
            detected_at,
        )
        assert (handoff.accepted_at, handoff.first_responded_at) == (None, None)
        lead = handoff.lead
        assert (lead.stage, lead.status, lead.owner, lead.sal_at) == ("lead", "recycled", None, None)
        assert (lead.recycled_at, lead.rest_until) == (deadline, None)
        assert events_of(handoff) == ["lead.mql", "handoff.passed", "handoff.breached"]


class TestReject:
    def test_returns_the_lead_to_rest(
        self, make_waiting: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        handoff = transitions.reject(handoff_id=make_waiting().pk, actor=rep, reason=reason("not_icp"), now=now)
        stored = Handoff.objects.get(pk=handoff.pk)
        assert (stored.state, stored.closed_at, stored.decided_by) == ("rejected", now, rep)
        assert (stored.first_responded_at, stored.accepted_at) == (now, None)
        lead = stored.lead
        assert (lead.stage, lead.status, lead.owner, lead.recycle_count) == ("lead", "recycled", None, 1)
        assert lead.rest_until == now + timedelta(days=30)
        event = lead.events.get(kind="handoff.rejected")
        assert (event.reason, event.actor, event.from_stage, event.to_stage) == (
            "not_icp",
            rep,
            "mql",
            "lead",
        )

    def test_it_needs_a_reason_for_rejecting(
        self, make_waiting: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        with pytest.raises(Incomplete, match="is not a reason for this") as refused:
            transitions.reject(handoff_id=make_waiting().pk, actor=rep, reason=reason("no_budget"), now=now)
        assert refused.value.field == "reason"

    def test_a_reason_out_of_use_is_none(
        self, make_waiting: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        Reason.objects.filter(key="not_icp").update(is_active=False)
        with pytest.raises(Incomplete, match="is not a reason for this"):
            transitions.reject(handoff_id=make_waiting().pk, actor=rep, reason=reason("not_icp"), now=now)

    @pytest.mark.parametrize("text", ["", "  \n "])
    def test_other_needs_words(
        self, make_waiting: MakeHandoff, reason: GetReason, rep: User, now: datetime, text: str
    ) -> None:
        other = reason("reject_other")
        with pytest.raises(Incomplete, match="needs a sentence of your own") as refused:
            transitions.reject(handoff_id=make_waiting().pk, actor=rep, reason=other, text=text, now=now)
        assert refused.value.field == "text"
        assert Handoff.objects.get().state == "waiting"

    @pytest.mark.parametrize(("length", "fits"), [(2000, True), (2001, False), (1_000_000, False)])
    def test_words_have_an_end(
        self, *, make_waiting: MakeHandoff, reason: GetReason, rep: User, now: datetime, length: int, fits: bool
    ) -> None:
        handoff = make_waiting()

        def reject() -> Handoff:
            return transitions.reject(
                handoff_id=handoff.pk, actor=rep, reason=reason("not_icp"), text="x" * length, now=now
            )

        if fits:
            assert len(reject().reason_text) == length
        else:
            with pytest.raises(Incomplete, match="2000 characters"):
                reject()

    def test_words_the_database_cannot_keep_are_repaired(
        self, make_waiting: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        handoff = transitions.reject(
            handoff_id=make_waiting().pk, actor=rep, reason=reason("not_icp"), text="a\x00b\ud800", now=now
        )
        assert Handoff.objects.get(pk=handoff.pk).reason_text == "a\ufffdb\ufffd"

    def test_an_accepted_lead_cannot_be_rejected(
        self, make_accepted: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        with pytest.raises(AlreadyDecided, match="Ana Rep accepted this lead"):
            transitions.reject(handoff_id=make_accepted().pk, actor=rep, reason=reason("not_icp"), now=now)


class TestQualify:
    def test_four_answers_make_an_sql(self, make_accepted: MakeHandoff, rep: User, now: datetime) -> None:
        handoff = transitions.qualify(handoff_id=make_accepted().pk, actor=rep, now=now, **ANSWERS)
        stored = Handoff.objects.get(pk=handoff.pk)
        assert (stored.state, stored.closed_at, stored.budget) == ("qualified", now, "20,000")
        lead = stored.lead
        assert (lead.stage, lead.status, lead.sql_at, lead.owner) == ("sql", "working", now, rep)

    def test_a_deal_that_was_recorded_before_is_not_moved_back(
        self, make_accepted: MakeHandoff, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        with transaction.atomic():
            [lead] = leads.locked([handoff.lead_id])
            leads.become_opportunity(lead, agent=Agent(name="import"), at=now, now=now)
        transitions.qualify(handoff_id=handoff.pk, actor=rep, now=now, **ANSWERS)
        lead = Lead.objects.get()
        assert (lead.stage, lead.status, lead.sql_at) == ("opportunity", "working", now)
        assert lead.events.filter(kind="handoff.qualified", to_stage="sql").exists()
        call_command("reconcile", stdout=StringIO())  # exits with 1 when record and lead disagree

    @pytest.mark.parametrize("field", list(ANSWERS))
    @pytest.mark.parametrize("answer", ["", " ", "x" * 301])
    def test_none_may_be_missing(
        self, make_accepted: MakeHandoff, rep: User, now: datetime, field: str, answer: str
    ) -> None:
        answers = {**ANSWERS, field: answer}
        with pytest.raises(Incomplete) as refused:
            transitions.qualify(handoff_id=make_accepted().pk, actor=rep, now=now, **answers)
        assert refused.value.field == field
        assert Handoff.objects.get().state == "accepted"

    def test_it_has_to_be_accepted_first(self, make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
        with pytest.raises(NotPossible, match="has not accepted this lead yet"):
            transitions.qualify(handoff_id=make_waiting().pk, actor=rep, now=now, **ANSWERS)

    def test_both_at_once(self, make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
        handoff = transitions.accept_and_qualify(handoff_id=make_waiting().pk, actor=rep, now=now, **ANSWERS)
        assert (handoff.state, handoff.accepted_at) == ("qualified", now)
        assert events_of(handoff)[-2:] == ["handoff.accepted", "handoff.qualified"]

    def test_or_neither(self, make_waiting: MakeHandoff, rep: User, now: datetime) -> None:
        handoff = make_waiting()
        with pytest.raises(Incomplete):
            transitions.accept_and_qualify(handoff_id=handoff.pk, actor=rep, now=now, **{**ANSWERS, "budget": ""})
        assert Handoff.objects.get().state == "waiting"
        assert events_of(handoff) == ["lead.mql", "handoff.passed"]


class TestDisqualify:
    def test_ends_the_run(self, make_accepted: MakeHandoff, reason: GetReason, rep: User, now: datetime) -> None:
        handoff = transitions.disqualify(handoff_id=make_accepted().pk, actor=rep, reason=reason("no_need"), now=now)
        lead = Handoff.objects.get(pk=handoff.pk).lead
        assert (lead.stage, lead.status, lead.owner) == ("lead", "disqualified", None)
        assert lead.do_not_contact is False

    def test_do_not_contact_is_remembered(
        self, make_accepted: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        handoff = make_accepted()
        transitions.disqualify(handoff_id=handoff.pk, actor=rep, reason=reason("do_not_contact"), now=now)
        assert Lead.objects.get(pk=handoff.lead_id).do_not_contact is True


class TestRecycle:
    def test_rests_as_long_as_the_reason_says(
        self, make_accepted: MakeHandoff, reason: GetReason, rep: User, now: datetime
    ) -> None:
        handoff = transitions.recycle(handoff_id=make_accepted().pk, actor=rep, reason=reason("no_budget"), now=now)
        lead = Handoff.objects.get(pk=handoff.pk).lead
        assert (lead.stage, lead.status, lead.owner) == ("lead", "recycled", None)
        assert lead.rest_until == now + timedelta(days=90)
        assert lead.sal_at == now  # milestones never move back


@pytest.mark.django_db
class TestWithdraw:
    @pytest.mark.parametrize("state", ["ready", "waiting", "accepted"])
    def test_takes_back_what_is_open(
        self, request: pytest.FixtureRequest, marketer: User, now: datetime, state: str
    ) -> None:
        handoff = request.getfixturevalue(f"make_{state}")()
        transitions.withdraw(handoff_id=handoff.pk, actor=marketer, text="Came twice.", now=now)
        stored = Handoff.objects.get()
        assert (stored.state, stored.reason_text, stored.closed_at) == ("withdrawn", "Came twice.", now)
        assert (stored.lead.stage, stored.lead.status, stored.lead.recycled_at) == ("lead", "nurturing", now)

    def test_it_needs_words(self, make_waiting: MakeHandoff, marketer: User, now: datetime) -> None:
        with pytest.raises(Incomplete):
            transitions.withdraw(handoff_id=make_waiting().pk, actor=marketer, text=" ", now=now)


class TestBreach:
    def test_not_a_microsecond_before_the_deadline(self, make_waiting: MakeHandoff, deadline: datetime) -> None:
        with pytest.raises(NotPossible):
            transitions.breach(handoff_id=make_waiting().pk, now=deadline - timedelta(microseconds=1))
        assert Handoff.objects.get().state == "waiting"

    def test_one_without_a_clock_cannot_breach(self, make_ready: MakeHandoff, deadline: datetime) -> None:
        with pytest.raises(NotPossible):
            transitions.breach(handoff_id=make_ready().pk, now=deadline)

    def test_administrators_hear_of_it_where_there_is_no_manager(
        self, make_waiting: MakeHandoff, administrator: User, deadline: datetime
    ) -> None:
        transitions.breach(handoff_id=make_waiting().pk, now=deadline)
        assert Delivery.objects.get(kind="handoff.breached").recipient == administrator


@pytest.mark.django_db
class TestClosedElsewhere:
    """A lead that bought, or was lost, has nothing on its way any more."""

    @pytest.mark.parametrize("state", ["ready", "waiting"])
    def test_a_deal_closes_what_nobody_has_accepted(
        self, request: pytest.FixtureRequest, now: datetime, deadline: datetime, state: str
    ) -> None:
        handoff = request.getfixturevalue(f"make_{state}")()
        leads.become_opportunity(leads.locked([handoff.lead_id]).get(), agent=SYSTEM, at=now, now=now)
        assert Handoff.objects.get().state == "withdrawn"
        lead = Lead.objects.get()
        assert (lead.stage, lead.status) == ("opportunity", "working")

    def test_a_deal_leaves_what_sales_has_accepted(self, make_accepted: MakeHandoff, now: datetime) -> None:
        handoff = make_accepted()
        leads.become_opportunity(leads.locked([handoff.lead_id]).get(), agent=SYSTEM, at=now, now=now)
        assert Handoff.objects.get().state == "accepted"

    def test_a_lost_deal_leaves_nothing_to_hand_over(self, make_accepted: MakeHandoff, now: datetime) -> None:
        handoff = make_accepted()
        leads.become_opportunity(leads.locked([handoff.lead_id]).get(), agent=SYSTEM, at=now, now=now)
        leads.become_lost(leads.locked([handoff.lead_id]).get(), agent=SYSTEM, at=now, now=now)
        assert Handoff.objects.get().state == "withdrawn"

    @pytest.mark.parametrize("state", ["ready", "waiting", "accepted"])
    @pytest.mark.parametrize("outcome", ["customer", "lost"])
    def test_its_handoff_is_closed_and_the_lead_stays(
        self, request: pytest.FixtureRequest, now: datetime, state: str, outcome: str
    ) -> None:
        handoff = request.getfixturevalue(f"make_{state}")()
        lead = leads.locked([handoff.lead_id]).get()
        agent = Agent(name="import")
        if outcome == "customer":
            leads.become_customer(lead, agent=agent, at=now, now=now)
        else:
            leads.become_lost(lead, agent=agent, at=now, now=now)
        before = (lead.stage, lead.status)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.closed_at, handoff.decided_by) == ("withdrawn", now, None)
        assert handoff.reason_text.startswith("Recorded meanwhile: ")
        with pytest.raises(AlreadyDecided, match=r"Baton took this lead back on .*: Recorded meanwhile: "):
            transitions.accept(handoff_id=handoff.pk, actor=request.getfixturevalue("rep"), now=now)
        lead.refresh_from_db()
        assert (lead.stage, lead.status) == before
        assert events_of(handoff)[-2:] == [f"lead.{outcome}", "handoff.withdrawn"]

    def test_one_that_has_ended_stays_as_it_is(self, make_accepted: MakeHandoff, rep: User, now: datetime) -> None:
        handoff = transitions.qualify(handoff_id=make_accepted().pk, actor=rep, now=now, **ANSWERS)
        leads.become_customer(leads.locked([handoff.lead_id]).get(), agent=SYSTEM, at=now, now=now)
        assert Handoff.objects.get().state == "qualified"
