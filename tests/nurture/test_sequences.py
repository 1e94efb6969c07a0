"""Leads go through sequences step by step, each step once; sales comes first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason
from leads import lifecycle
from leads.events import SYSTEM, Agent
from leads.merging.merging import merge
from leads.models import Lead, LeadEvent, LeadTask, Status
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from nurture.mails import editing as mails
from nurture.models import Enrolment, EntryRequest, MailSend, Membership, SendState, Sequence, StepRun
from nurture.segments import editing as segments
from nurture.segments import lists
from nurture.sequences import editing, running
from nurture.sequences.editing import Changed, NotReady
from nurture.sequences.entering import NotRunning
from nurture.sequences.leaving import take_out
from outbox.enqueue import enqueue as enqueue_news
from outbox.models import Notice
from tests.leads.custom_fields.building import make_field
from tests.nurture.sequences import WAIT_3_DAYS, days, draft, enrol, reject, start, started, steps_of, tell, work
from tests.nurture.test_mails import draft as mail_draft
from tests.nurture.test_segments import look

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
MakeHandoff = Callable[..., Handoff]
GetReason = Callable[[str], Reason]
THREE: list[dict[str, Any]] = [tell("a"), WAIT_3_DAYS, tell("b")]


class TestSteps:
    def test_each_is_taken_once_in_its_time_and_the_lead_is_nurtured_meanwhile(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        one = enrol(started(THREE, by=marketer, now=now), lead, by=marketer, now=now)
        work(now)
        work(now + timedelta(hours=1))
        one.refresh_from_db()
        lead.refresh_from_db()
        assert (steps_of(one), one.step, one.due_at) == ([("a", "done")], "w", now + days(3))
        assert lead.status == Status.NURTURING
        work(now + days(3))
        one.refresh_from_db()
        lead.refresh_from_db()
        assert [step for step, _outcome in steps_of(one)] == ["a", "w", "b"]
        assert (one.state, one.reason, one.ended_at) == ("done", "end", now + days(3))
        assert lead.status == Status.NEW
        assert Notice.objects.filter(kind="nurture.told").count() == 2
        kinds = (
            LeadEvent.objects.filter(lead=lead, kind__contains="nurtur").order_by("pk").values_list("kind", flat=True)
        )
        assert list(kinds) == ["nurture.enrolled", "lead.nurturing", "nurture.ended", "nurture.over"]

    def test_what_they_do_is_done(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        field = make_field("text", "Interest")
        fair = segments.make_list(name="Fair", actor=marketer, now=now)
        other = started([tell("x")], by=marketer, now=now, name="Other")
        steps: list[dict[str, Any]] = [
            {"id": "f", "kind": "set_field", "field": f"custom.{field.key}", "value": "e-book"},
            {"id": "t", "kind": "task", "text": "Call them", "days": 2, "person": None},
            {"id": "l", "kind": "add", "list": str(fair.public_id)},
            {"id": "g", "kind": "go_to", "sequence": str(other.public_id)},
        ]
        lead = make_lead()
        one = enrol(started(steps, by=marketer, now=now), lead, by=marketer, now=now)
        work(now)
        lead.refresh_from_db()
        task = LeadTask.objects.get(lead=lead)
        assert lead.custom == {field.key: "e-book"}
        assert (task.text, task.due_on, task.assignee) == ("Call them", (now + days(2)).date(), marketer)
        assert Membership.objects.filter(segment=fair, lead=lead).exists()
        one.refresh_from_db()
        assert (one.state, one.reason) == ("done", "onward")
        onward = Enrolment.objects.get(sequence=other, lead=lead)
        assert (onward.how, onward.state, steps_of(onward)) == ("sequence", "done", [("x", "done")])

    def test_a_step_whose_thing_is_gone_is_not_done_and_says_why_and_the_rest_goes_on(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        fair = segments.make_list(name="Fair", actor=marketer, now=now)
        sequence = started([{"id": "l", "kind": "add", "list": str(fair.public_id)}, tell("b")], by=marketer, now=now)
        segments.delete(fair.pk)
        one = enrol(sequence, make_lead(), by=marketer, now=now)
        work(now)
        assert steps_of(one) == [("l", "refused"), ("b", "done")]
        assert StepRun.objects.get(step="l").why == "This list is not there any more."

    def test_a_mail_is_owed_once_and_called_off_when_the_lead_leaves_before_it_went(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        mail = mails.make_mail(mail_draft(), actor=marketer, now=now)
        mails.approve(mail.pk, seen=0, actor=marketer, now=now)
        steps: list[dict[str, Any]] = [{"id": "m", "kind": "send", "mail": str(mail.public_id)}, WAIT_3_DAYS]
        one = enrol(started(steps, by=marketer, now=now), make_lead(), by=marketer, now=now)
        work(now)
        sent = MailSend.objects.get()
        assert (sent.key, sent.lead_id, sent.state) == (f"sequence:{one.pk}:m", one.lead_id, SendState.PENDING)
        assert take_out(one.pk, agent=Agent(user=marketer), now=now)
        sent.refresh_from_db()
        assert sent.state == SendState.NOT_SENT

    def test_conditions_part_the_ways(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        steps = [{"id": "i", "kind": "ask", "query": "country=PT", "yes": [tell("y")], "no": [tell("n")]}, tell("z")]
        sequence = started(steps, by=marketer, now=now)
        taken_steps = {}
        for country in ("PT", "DE"):
            taken_steps[country] = enrol(sequence, make_lead(country=country), by=marketer, now=now)
        work(now)
        assert steps_of(taken_steps["PT"]) == [("i", "yes"), ("y", "done"), ("z", "done")]
        assert steps_of(taken_steps["DE"]) == [("i", "no"), ("n", "done"), ("z", "done")]

    def test_what_a_lead_does_is_waited_for_since_it_came_to_the_step_and_no_longer_than_said(
        self, marketer: User, make_lead: MakeLead, act: Callable[..., None], now: datetime
    ) -> None:
        wait = {"id": "f", "kind": "wait_for", "days": 2, "activity": "page_view", "page": None, "asset": None}
        sequence = started([{**wait, "query": "", "yes": [tell("y")], "no": [tell("n")]}], by=marketer, now=now)
        acting, silent = make_lead(), make_lead()
        act(acting, "page_view", at=now - timedelta(hours=1), page="/before")
        ones = [enrol(sequence, lead, by=marketer, now=now) for lead in (acting, silent)]
        work(now)
        assert [steps_of(one) for one in ones] == [[], []]
        act(acting, "page_view", at=now + timedelta(hours=1), page="/pricing")
        work(now + timedelta(hours=1, seconds=5))
        assert steps_of(ones[0]) == [("f", "yes"), ("y", "done")]
        work(now + days(2))
        assert steps_of(ones[1]) == [("f", "no"), ("n", "done")]

    def test_conditions_that_cannot_be_read_hold_everybody(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        field = make_field("text", "City")
        sequence = started(THREE, by=marketer, now=now, goal=f"custom=custom.{field.key}&compare=equals&value=Porto")
        field.retired_at = now
        field.save(update_fields=["retired_at"])
        one = enrol(sequence, make_lead(), by=marketer, now=now)
        work(now)
        one.refresh_from_db()
        assert (steps_of(one), one.due_at) == ([], now + timedelta(hours=1))


class TestEnds:
    def test_a_goal_that_is_reached_ends_it_before_the_next_step(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead()
        one = enrol(started(THREE, by=marketer, now=now, goal="country=PT"), lead, by=marketer, now=now)
        work(now)
        from leads.correcting.leads import correct

        correct(lead_id=lead.pk, values={"country": "PT"}, agent=Agent(user=marketer), now=now + days(1))
        work(now + days(1))
        one.refresh_from_db()
        assert (one.state, one.reason, one.ended_at) == ("done", "goal", now + days(1))

    def test_who_is_a_customer_leaves(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        lead = make_lead()
        one = enrol(started(THREE, by=marketer, now=now), lead, by=marketer, now=now)
        lead.refresh_from_db()
        lifecycle.become_customer(lead, agent=SYSTEM, at=now, now=now)
        work(now)
        one.refresh_from_db()
        lead.refresh_from_db()
        assert (one.state, one.reason, steps_of(one), lead.status) == ("left_early", "closed", [], Status.CONVERTED)

    def test_who_is_erased_leaves_and_nothing_is_done_any_more(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead = make_lead(last_name="Quux")
        one = enrol(started(THREE, by=marketer, now=now, name="For Quux"), lead, by=marketer, now=now)
        work(now)
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=marketer), now=now)
        work(now + days(4))
        one.refresh_from_db()
        assert (one.reason, len(steps_of(one))) == ("erased", 1)
        assert Sequence.objects.get().name == f"Sequence {one.sequence_id}"
        assert not Notice.objects.filter(facts__lead__contains="Quux").exists()

    def test_of_two_that_become_one_the_survivor_goes_on_once(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        one, other = make_lead(), make_lead()
        both = started(THREE, by=marketer, now=now)
        alone = started(THREE, by=marketer, now=now, name="Alone")
        enrol(both, one, other, by=marketer, now=now)
        enrol(alone, other, by=marketer, now=now)
        work(now)
        stored = merge(lead_ids=(one.pk, other.pk), agent=Agent(user=marketer), now=now)
        work(now + days(3))
        ended = Enrolment.objects.filter(lead=stored.survivor).order_by("pk").values_list("sequence__name", "reason")
        assert sorted(ended) == [("Alone", "end"), ("White paper", "end"), ("White paper", "merged")]
        stored.survivor.refresh_from_db()
        assert stored.survivor.status == Status.NEW


class TestSales:
    def test_while_sales_has_the_lead_nothing_happens_and_what_was_waited_for_goes_on(
        self,
        marketer: User,
        rep: User,
        make_lead: MakeLead,
        make_waiting: MakeHandoff,
        reason: GetReason,
        now: datetime,
    ) -> None:
        lead = make_lead()
        one = enrol(started(THREE, by=marketer, now=now), lead, by=marketer, now=now)
        work(now)
        lead.refresh_from_db()
        make_waiting(lead=lead, at=now + days(1))
        work(now + days(1))
        one.refresh_from_db()
        assert (one.state, one.due_at) == ("with_sales", None)
        reject(lead, rep=rep, reason=reason("not_icp"), now=now + days(1.5))
        work(now + days(1.5))
        one.refresh_from_db()
        lead.refresh_from_db()
        assert (one.state, one.due_at, lead.status) == ("underway", now + days(3.5), Status.NURTURING)
        work(now + days(3.4))
        assert len(steps_of(one)) == 1
        work(now + days(3.5))
        lead.refresh_from_db()
        assert (len(steps_of(one)), lead.status) == (3, Status.RECYCLED)

    def test_or_it_leaves_when_sales_gives_it_back_even_if_no_worker_saw_it_there(
        self,
        marketer: User,
        rep: User,
        make_lead: MakeLead,
        make_waiting: MakeHandoff,
        reason: GetReason,
        now: datetime,
    ) -> None:
        lead = make_lead()
        one = enrol(started(THREE, by=marketer, now=now, on_return="end"), lead, by=marketer, now=now)
        work(now)
        lead.refresh_from_db()
        make_waiting(lead=lead, at=now + timedelta(hours=1))
        reject(lead, rep=rep, reason=reason("not_icp"), now=now + timedelta(hours=2))
        work(now + timedelta(hours=3))
        one.refresh_from_db()
        assert (one.state, one.reason) == ("left_early", "returned")

    def test_who_is_given_back_for_a_reason_enters_the_sequence_of_the_reason_once(
        self,
        marketer: User,
        rep: User,
        make_lead: MakeLead,
        make_waiting: MakeHandoff,
        reason: GetReason,
        now: datetime,
    ) -> None:
        why = reason("not_icp")
        by_reason = started([tell("a")], by=marketer, now=now, entry="return", reasons=[why.pk], reentry="always")
        by_breach = started([tell("a")], by=marketer, now=now, name="Breach", entry="return", on_breach=True)
        lead, late = make_lead(), make_lead()
        make_waiting(lead=lead)
        breached = make_waiting(lead=late)
        reject(lead, rep=rep, reason=why, now=now + timedelta(hours=1))
        assert breached.respond_by is not None
        transitions.breach(handoff_id=breached.pk, now=breached.respond_by)
        for hours in (1, 2, 48):
            work(breached.respond_by + timedelta(hours=hours))
        entered = Enrolment.objects.order_by("pk").values_list("sequence", "lead", "how")
        assert sorted(entered) == [(by_reason.pk, lead.pk, "return"), (by_breach.pk, late.pk, "return")]


class TestEntering:
    def test_who_enters_a_segment_or_list_enters_its_sequence_and_those_inside_when_asked(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        fair = segments.make_list(name="Fair", actor=marketer, now=now)
        before, after = make_lead(), make_lead()
        lists.add_to_list(fair.pk, [before.pk], actor=marketer, now=now)
        sequence = draft([WAIT_3_DAYS], by=marketer, now=now, entry="segment", segment=fair)
        start(sequence, by=marketer, now=now, with_members=True)
        lists.add_to_list(fair.pk, [after.pk], actor=marketer, now=now)
        work(now)
        assert set(Enrolment.objects.values_list("lead", "how")) == {(before.pk, "segment"), (after.pk, "segment")}
        assert not EntryRequest.objects.exists()
        look(now)

    @pytest.mark.parametrize(
        ("rules", "again_after", "enters"),
        [
            ({}, 400, False),
            ({"reentry": "always"}, 0, True),
            ({"reentry": "after", "reentry_days": 30}, 29, False),
            ({"reentry": "after", "reentry_days": 30}, 30, True),
        ],
    )
    def test_who_was_in_it_enters_again_as_the_sequence_says(
        self, rules: dict[str, Any], again_after: int, enters: bool, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead, sequence = make_lead(), started([tell("a")], by=marketer, now=now, **rules)
        enrol(sequence, lead, by=marketer, now=now)
        work(now)
        from nurture.sequences.entering import enrol as enter

        entered = enter(sequence.pk, [lead.pk], how=Enrolment.How.BY_HAND, actor=marketer, now=now + days(again_after))
        assert (len(entered.enrolments), list(entered.refused)) == (enters, [] if enters else [lead.pk])

    def test_nobody_is_in_it_twice(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        lead, sequence = make_lead(), started(THREE, by=marketer, now=now, reentry="always")
        one = enrol(sequence, lead, by=marketer, now=now)
        with pytest.raises(IndexError):
            enrol(sequence, lead, by=marketer, now=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.create(
                sequence=sequence, version=one.version, lead=lead, how="hand", step="a", since=now, due_at=now,
                entered_at=now, began_at=now,
            )  # fmt: skip

    def test_nobody_enters_what_was_not_started(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        with pytest.raises(NotRunning):
            enrol(draft(THREE, by=marketer, now=now), make_lead(), by=marketer, now=now)


class TestSequences:
    def test_who_is_on_the_way_finishes_the_version_they_began(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        sequence = started(THREE, by=marketer, now=now)
        old = enrol(sequence, make_lead(), by=marketer, now=now)
        work(now)
        version = editing.new_draft(sequence.pk, now=now)
        assert version.steps == THREE
        editing.save_steps(version.pk, [tell("c")], seen_at=version.changed_at, now=now)
        start(sequence, by=marketer, now=now)
        new = enrol(sequence, make_lead(), by=marketer, now=now)
        work(now + days(3))
        assert [step for step, _outcome in steps_of(old)] == ["a", "w", "b"]
        assert [step for step, _outcome in steps_of(new)] == ["c"]

    def test_paused_nobody_takes_a_step_and_then_all_go_on_as_if_no_time_had_passed(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        sequence = started(THREE, by=marketer, now=now)
        one = enrol(sequence, make_lead(), by=marketer, now=now)
        work(now)
        assert editing.halt(sequence.pk, now=now + days(1))
        work(now + days(9))
        assert editing.go_on(sequence.pk, now=now + days(10))
        work(now + days(11.9))
        assert len(steps_of(one)) == 1
        work(now + days(12))
        assert len(steps_of(one)) == 3

    def test_stopped_it_is_over_for_everybody(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        lead, sequence = make_lead(), started(THREE, by=marketer, now=now)
        one = enrol(sequence, lead, by=marketer, now=now)
        work(now)
        assert editing.stop(sequence.pk, now=now)
        work(now)
        one.refresh_from_db()
        lead.refresh_from_db()
        assert (one.state, one.reason, lead.status) == ("left_early", "stopped", Status.NEW)
        assert not editing.go_on(sequence.pk, now=now)

    def test_what_is_wrong_with_its_steps_is_named_and_keeps_it_from_starting(
        self, marketer: User, now: datetime
    ) -> None:
        steps = [{"id": "e", "kind": "end"}, {"id": "l", "kind": "add", "list": "gone"}, tell("b")]
        with pytest.raises(NotReady) as refusal:
            start(draft(steps, by=marketer, now=now), by=marketer, now=now)
        assert {wrong.step for wrong in refusal.value.problems} == {"l"}
        with pytest.raises(NotReady, match="no step yet"):
            start(draft([], by=marketer, now=now, name="Empty"), by=marketer, now=now)

    def test_who_is_second_is_told(self, marketer: User, now: datetime) -> None:
        sequence = draft(THREE, by=marketer, now=now)
        seen_at = sequence.versions.get().changed_at
        later = now + timedelta(seconds=1)
        editing.save_steps(sequence.versions.get().pk, [tell("c")], seen_at=seen_at, now=later)
        with pytest.raises(Changed):
            editing.start(sequence.pk, seen_at=seen_at, with_members=False, actor=marketer, now=later)


class TestManyAtOnce:
    def test_fifty_cost_no_more_statements_than_five(self, marketer: User, make_lead: MakeLead, now: datetime) -> None:
        sequence = started([WAIT_3_DAYS, tell("b")], by=marketer, now=now, goal="country=XK")
        costs = []
        for count in (5, 50):
            leads = [make_lead() for _number in range(count)]
            enrol(sequence, *leads, by=marketer, now=now)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert running.take_due(now=now) == count
            costs.append(len(queries))
        assert costs[0] == costs[1]

    def test_one_that_fails_holds_up_nobody_else(
        self, marketer: User, make_lead: MakeLead, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from nurture.sequences import acting

        sequence = started([tell("a")], by=marketer, now=now)
        poison, well = make_lead(), make_lead()
        enrol(sequence, poison, well, by=marketer, now=now)
        real = enqueue_news

        def enqueue(*args: Any, key: str, **kwargs: Any) -> None:
            if key.startswith(f"{bad.pk}:"):
                raise RuntimeError("poison")
            real(*args, key=key, **kwargs)

        bad = Enrolment.objects.get(lead=poison)
        monkeypatch.setattr(acting, "enqueue", enqueue)
        running.take_due(now=now)
        bad.refresh_from_db()
        assert Enrolment.objects.get(lead=well).state == "done"
        assert (bad.state, bad.due_at) == ("underway", now + timedelta(hours=1))
