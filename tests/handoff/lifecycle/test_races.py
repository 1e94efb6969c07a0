"""Who comes at the same moment: one wins, the others read who was first. The control shows it is a race."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction

from accounts.models import User
from handoff import contacts
from handoff.deadlines import sla
from handoff.lifecycle import transitions
from handoff.lifecycle.transitions import AlreadyDecided, TooLate
from handoff.models import Contact, Handoff, Reason
from leads.models import Lead, LeadEvent
from outbox.models import Delivery
from tests.conftest import make_person
from tests.handoff.conftest import MakeHandoff
from tests.threads import at_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional")]
ROUNDS = 5
SECOND = timedelta(seconds=1)


@pytest.fixture
def reps(transactional: None) -> list[User]:
    return [make_person(f"rep{n}@example.com", "sales_rep", f"Rep {n}") for n in range(8)]


class TestAccept:
    def test_one_of_eight_wins_and_the_others_read_who(
        self, make_waiting: MakeHandoff, reps: list[User], now: datetime
    ) -> None:
        for _ in range(ROUNDS):
            handoff = make_waiting()
            calls = [partial(transitions.accept, handoff_id=handoff.pk, actor=rep, now=now) for rep in reps]
            answers = at_once(*calls)
            [winner] = [rep for rep, answer in zip(reps, answers, strict=True) if isinstance(answer, Handoff)]
            losers = [answer for answer in answers if isinstance(answer, AlreadyDecided)]
            assert len(losers) == 7
            assert {loser.by for loser in losers} == {winner}
            handoff.refresh_from_db()
            assert (handoff.assignee, handoff.decided_by, handoff.lead.owner) == (winner, winner, winner)
            assert LeadEvent.objects.filter(lead=handoff.lead, kind="handoff.accepted").count() == 1

    def test_the_control_accepts_twice(self, make_waiting: MakeHandoff, reps: list[User], now: datetime) -> None:
        """Read, check, save: accept without lock and claim. When this accepts once, the race above tests nothing."""
        handoff, looked = make_waiting(), Barrier(8)

        @transaction.atomic
        def careless_accept(actor: User) -> Handoff:
            found = Handoff.objects.get(pk=handoff.pk)
            state = found.state
            looked.wait(30)
            if state != "waiting":
                raise AlreadyDecided(found)
            found.state, found.assignee, found.accepted_at = "accepted", actor, now
            found.save(update_fields=["state", "assignee", "accepted_at"])
            return found

        answers = at_once(*[partial(careless_accept, rep) for rep in reps])
        assert len([answer for answer in answers if isinstance(answer, Handoff)]) > 1

    def test_accept_against_reject(self, make_waiting: MakeHandoff, reps: list[User], now: datetime) -> None:
        reason = Reason.objects.get(key="not_icp")
        for _ in range(ROUNDS):
            handoff = make_waiting()
            answers = at_once(
                partial(transitions.accept, handoff_id=handoff.pk, actor=reps[0], now=now),
                partial(transitions.reject, handoff_id=handoff.pk, actor=reps[1], reason=reason, now=now),
            )
            assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyDecided", "Handoff"]


class TestSweeper:
    def test_accept_against_the_sweeper_at_the_last_moment(
        self, make_waiting: MakeHandoff, manager: User, reps: list[User], deadline: datetime
    ) -> None:
        """The clocks of two machines differ: one still accepts, the other already sweeps. One outcome."""
        for _ in range(ROUNDS):
            handoff = make_waiting()
            accepted, swept = at_once(
                partial(transitions.accept, handoff_id=handoff.pk, actor=reps[0], now=deadline - SECOND),
                partial(sla.breach_overdue, now=deadline),
            )
            sla.breach_overdue(now=deadline)
            handoff.refresh_from_db()
            lead = Lead.objects.get(pk=handoff.lead_id)
            if isinstance(accepted, Handoff):
                assert (handoff.state, lead.status) == ("accepted", "working")
            else:
                assert isinstance(accepted, TooLate)
                assert (handoff.state, lead.status) == ("breached", "recycled")
            assert not isinstance(swept, Exception)
            outcomes = LeadEvent.objects.filter(lead=lead, kind__in=["handoff.accepted", "handoff.breached"])
            assert outcomes.count() == 1

    def test_late_accepts_against_two_sweepers(
        self, make_waiting: MakeHandoff, manager: User, reps: list[User], deadline: datetime
    ) -> None:
        handoffs = [make_waiting() for _ in range(12)]
        late = [
            partial(transitions.accept, handoff_id=handoff.pk, actor=reps[0], now=deadline + SECOND)
            for handoff in handoffs[:4]
        ]
        answers = at_once(*late, *[partial(sla.breach_overdue, now=deadline + SECOND, limit=5)] * 2)
        assert all(isinstance(answer, TooLate) for answer in answers[:4])
        assert not [answer for answer in answers[4:] if isinstance(answer, Exception)]
        sla.breach_overdue(now=deadline + SECOND)
        assert Handoff.objects.filter(state="breached", breached_at=deadline).count() == 12
        assert LeadEvent.objects.filter(kind="handoff.breached").count() == 12
        assert Delivery.objects.filter(kind="handoff.breached", recipient=manager).count() == 12


class TestContact:
    def test_of_many_at_once_all_are_kept_and_one_is_the_first(
        self, make_accepted: MakeHandoff, reps: list[User], now: datetime
    ) -> None:
        handoff = make_accepted()
        later = now + timedelta(hours=1)
        calls = [
            partial(
                contacts.log,
                handoff_id=handoff.pk,
                way="call",
                outcome="no_answer",
                at=now + timedelta(minutes=minute),
                actor=rep,
                now=later,
            )
            for minute, rep in enumerate(reps)
        ]
        answers = at_once(*calls, *calls)
        assert all(isinstance(answer, Contact) for answer in answers), answers
        assert Contact.objects.count() == LeadEvent.objects.filter(kind="handoff.contacted").count() == len(reps)
        handoff.refresh_from_db()
        assert handoff.first_contact_at == Contact.objects.order_by("pk")[0].at
