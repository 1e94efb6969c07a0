"""Leads do not stay with somebody who has left, or who is out until after the deadline."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from handoff.lifecycle import passing, transitions
from handoff.lifecycle.refusals import NotPossible
from handoff.models import Absence, Handoff, PassPolicy, Rep, RoutingRule, SlaPolicy
from handoff.promotion.ready_leads import pass_ready
from handoff.routing.rerouting import reroute_held
from leads.events import SYSTEM, Agent
from leads.models import LeadEvent
from tests.conftest import be_out, make_person
from tests.handoff.conftest import MakeHandoff

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def leave(db: None) -> Callable[..., None]:
    """`leave(rep)`: these people do not work here any more."""

    def switch_off(*people: User | None) -> None:
        User.objects.filter(pk__in=[each.pk for each in people if each]).update(is_active=False)

    return switch_off


def new_rep(number: int) -> User:
    person = make_person(f"new{number}@example.com", "sales_rep", f"New {number}")
    Rep.objects.create(user=person)
    return person


class TestWaiting:
    def test_of_somebody_who_has_left_goes_to_another_rep(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, leave: Callable[..., None], now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        leave(rep)
        assert reroute_held(now=now + HOUR) == 1
        due = handoff.respond_by
        handoff.refresh_from_db()
        assert (handoff.assignee, handoff.respond_by, handoff.hops, handoff.state) == (other_rep, due, 1, "waiting")
        assert handoff.routed_because == (
            "Ana Rep does not take leads any more. Only one rep is in, with 0 open of 20."
        )
        handoff.lead.refresh_from_db()
        assert handoff.lead.owner == other_rep
        assert LeadEvent.objects.filter(kind="handoff.reassigned", agent="system").count() == 1

    def test_what_the_rule_lets_anybody_take_anybody_still_may(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, leave: Callable[..., None], now: datetime
    ) -> None:
        RoutingRule.objects.create(name="All", is_shared=True)
        handoff = make_waiting(assignee=rep)
        leave(rep)
        reroute_held(now=now + HOUR)
        handoff.refresh_from_db()
        assert (handoff.assignee, handoff.is_shared) == (other_rep, True)

    @pytest.mark.parametrize(("until", "moved"), [(23 * HOUR, 0), (24 * HOUR, 1), (9 * DAY, 1)])
    def test_of_somebody_who_is_out_beyond_the_deadline(
        self, *, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime, until: timedelta, moved: int
    ) -> None:
        make_waiting(assignee=rep)
        be_out(rep, since=now, until=now + until)
        assert reroute_held(now=now + HOUR) == moved

    def test_not_before_the_absence_begins(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_waiting(assignee=rep)
        be_out(rep, since=now + 2 * HOUR, until=now + 9 * DAY)
        assert reroute_held(now=now + HOUR) == 0

    def test_what_is_overdue_is_the_clocks_business(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, leave: Callable[..., None], now: datetime
    ) -> None:
        make_waiting(assignee=rep)
        leave(rep)
        assert reroute_held(now=now + DAY) == 0

    def test_who_is_no_rep_any_more(self, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime) -> None:
        make_waiting(assignee=rep)
        User.objects.filter(pk=rep.pk).update(roles=["marketing"])
        assert reroute_held(now=now + HOUR) == 1

    @pytest.mark.parametrize("names", ["fallback", "escalate_to"])
    def test_whom_a_policy_names_may_hold_leads(
        self, make_waiting: MakeHandoff, rep: User, marketer: User, now: datetime, names: str
    ) -> None:
        make_waiting(assignee=marketer)
        PassPolicy.objects.get_or_create(pk=1)
        (PassPolicy if names == "fallback" else SlaPolicy).objects.update(**{names: marketer})
        assert reroute_held(now=now + HOUR) == 0

    def test_with_nobody_left_it_stays_and_the_clock_goes_on(
        self, make_waiting: MakeHandoff, rep: User, leave: Callable[..., None], now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        leave(rep)
        assert reroute_held(now=now + HOUR) == 0
        handoff.refresh_from_db()
        assert (handoff.state, handoff.assignee, handoff.hops) == ("waiting", rep, 0)


class TestCycle:
    def test_it_does_not_go_back_to_who_had_it_and_ends_with_a_manager(
        self, *, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        """Each goes out as soon as they have it, and the one before comes back."""
        handoff = make_waiting(assignee=rep)
        held = [rep.name]
        for _ in range(5):
            Absence.objects.all().delete()
            handoff.refresh_from_db()
            assert handoff.assignee is not None
            if Rep.objects.filter(pk=handoff.assignee.pk).exists():
                be_out(handoff.assignee, since=now, until=now + 9 * DAY)
            reroute_held(now=now + HOUR)
            handoff.refresh_from_db()
            held.append(str(handoff.assignee))
        assert held == ["Ana Rep", "Otto Rep", *["Mila Manager"] * 4]
        assert handoff.hops == 2

    def test_the_third_hop_goes_to_a_manager(
        self, *, make_waiting: MakeHandoff, rep: User, manager: User, leave: Callable[..., None], now: datetime
    ) -> None:
        for number in range(5):
            new_rep(number)
        handoff = make_waiting(assignee=rep)
        roles = []
        for _ in range(4):
            handoff.refresh_from_db()
            leave(handoff.assignee)
            reroute_held(now=now + HOUR)
            handoff.refresh_from_db()
            assert handoff.assignee is not None
            roles.append(handoff.assignee.roles[0])
        assert roles == ["sales_rep", "sales_rep", "sales_manager", "sales_manager"]
        assert handoff.hops == 3

    def test_a_manager_who_leaves_is_followed_by_another_also_after_that(
        self, *, make_waiting: MakeHandoff, rep: User, manager: User, leave: Callable[..., None], now: datetime
    ) -> None:
        second = make_person("second@example.com", "sales_manager", "Sam Manager")
        handoff = make_waiting(assignee=manager)
        Handoff.objects.filter(pk=handoff.pk).update(hops=3)
        leave(manager)
        assert reroute_held(now=now + HOUR) == 1
        handoff.refresh_from_db()
        assert (handoff.assignee, handoff.hops) == (second, 3)

    def test_a_person_moves_it_as_often_as_they_like(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        for assignee in (other_rep, rep) * 3:
            passing.reassign(handoff_id=handoff.pk, assignee=assignee, agent=Agent(user=manager), now=now)
        handoff.refresh_from_db()
        assert (handoff.hops, handoff.assignee) == (0, rep)

    def test_a_program_does_not(self, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime) -> None:
        handoff = make_waiting(assignee=rep)
        for assignee in (other_rep, rep, other_rep):
            passing.reassign(handoff_id=handoff.pk, assignee=assignee, agent=SYSTEM, now=now)
        with pytest.raises(NotPossible, match="a person decides now"):
            passing.reassign(handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=now)


class TestAnyLife:
    @pytest.mark.parametrize("seed", range(6))
    def test_it_never_returns_to_anybody_and_ends(
        self, *, make_waiting: MakeHandoff, rep: User, other_rep: User, manager: User, leave: Callable[..., None],
        now: datetime, seed: int,
    ) -> None:  # fmt: skip
        """Whatever happens to a lead, nobody has it twice, at most three hops, and in the end it is in nurture."""
        chance = random.Random(seed)
        for number in range(chance.randint(0, 3)):
            new_rep(number)
        handoff, held, at = make_waiting(assignee=rep), [rep.pk], now
        for _ in range(12):
            SlaPolicy.objects.update(on_breach=chance.choice(["reassign", "escalate"]))
            at += HOUR
            handoff.refresh_from_db()
            assert handoff.assignee is not None
            assert handoff.respond_by is not None
            if chance.random() < 0.5:
                leave(handoff.assignee)
                reroute_held(now=at)
            else:
                at = handoff.respond_by
                transitions.breach(handoff_id=handoff.pk, now=at)
                pass_ready(now=at)
            latest = Handoff.objects.latest("pk")
            if latest.state != "waiting":
                break
            if latest.assignee_id != held[-1]:
                held.append(latest.assignee_id or 0)
            handoff = latest
        assert len(held) == len(set(held))
        assert latest.hops <= 3
        assert latest.state in ("breached", "ready")
        assert (latest.state == "ready") is (latest.assignee is None)


class TestAccepted:
    def test_of_somebody_who_has_left_goes_to_a_manager(
        self, make_accepted: MakeHandoff, rep: User, other_rep: User, manager: User, leave: Callable[..., None],
        now: datetime,
    ) -> None:  # fmt: skip
        handoff = make_accepted(assignee=rep)
        leave(rep)
        assert reroute_held(now=now + 9 * DAY) == 1
        handoff.refresh_from_db()
        assert (handoff.state, handoff.assignee, handoff.decided_by) == ("accepted", manager, rep)

    def test_of_somebody_who_is_out_stays_theirs(
        self, make_accepted: MakeHandoff, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        make_accepted(assignee=rep)
        be_out(rep, since=now, until=now + 9 * DAY)
        assert reroute_held(now=now + HOUR) == 0
