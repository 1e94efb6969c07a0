"""Who gets the next lead when no rule says otherwise: the least loaded of those who are in."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import PassPolicy, Rep
from handoff.routing import choosing
from tests.conftest import be_out
from tests.handoff.conftest import MakeHandoff

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


class Ask:
    """`ask()`: whom the routing chooses for a lead of which nothing is known."""

    def __init__(self, make_ready: MakeHandoff, now: datetime) -> None:
        self.make_ready, self.now = make_ready, now

    def __call__(self) -> User | None:
        choice = choosing.choose(self.make_ready(), now=self.now)
        return choice.user if choice else None


@pytest.fixture
def ask(make_ready: MakeHandoff, now: datetime) -> Ask:
    return Ask(make_ready, now)


class TestLoad:
    def test_nobody_when_there_is_none(self, ask: Ask) -> None:
        assert ask() is None

    def test_the_least_loaded(self, ask: Ask, make_waiting: MakeHandoff, rep: User, other_rep: User) -> None:
        make_waiting(assignee=rep)
        assert ask() == other_rep

    def test_load_is_relative_to_capacity(
        self, ask: Ask, make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        Rep.objects.filter(user=rep).update(capacity=30)
        Rep.objects.filter(user=other_rep).update(capacity=10)
        for assignee in (rep, rep, other_rep):
            make_waiting(assignee=assignee)
        assert ask() == rep  # 2 of 30 against 1 of 10

    def test_load_is_relative_to_the_share_of_new_leads(
        self, ask: Ask, make_waiting: MakeHandoff, rep: User, other_rep: User
    ) -> None:
        Rep.objects.filter(user=other_rep).update(weight=50)
        for assignee in (rep, rep, rep, other_rep, other_rep):
            make_waiting(assignee=assignee)
        assert ask() == rep  # 3 of 20 against 2 of half of 20

    def test_an_accepted_lead_is_load_and_a_closed_one_is_not(
        self,
        *,
        ask: Ask,
        make_accepted: MakeHandoff,
        make_waiting: MakeHandoff,
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        for _ in range(2):
            transitions.breach(handoff_id=make_waiting(assignee=rep).pk, now=now + 24 * HOUR)
        make_accepted(assignee=other_rep)
        assert ask() == rep

    def test_among_equals_who_waited_longest(
        self, ask: Ask, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_waiting(assignee=rep, at=now)
        make_waiting(assignee=other_rep, at=now - HOUR)
        assert ask() == other_rep

    def test_among_equals_half_a_share_waits_twice_as_long(
        self, ask: Ask, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        Rep.objects.filter(user=rep).update(weight=50)
        Rep.objects.filter(user=other_rep).update(capacity=10)
        make_waiting(assignee=rep, at=now - 3 * HOUR)
        make_waiting(assignee=other_rep, at=now - 2 * HOUR)
        assert ask() == other_rep  # both have one of ten; three hours at half a share are an hour and a half

    def test_among_equals_who_never_got_one_the_first(self, ask: Ask, rep: User, other_rep: User) -> None:
        assert ask() == min(rep, other_rep, key=lambda user: user.pk)


class TestWhoIsIn:
    @pytest.mark.parametrize(
        ("since", "until", "is_in"),
        [
            (-HOUR, HOUR, False),
            (timedelta(0), HOUR, False),
            (-HOUR, timedelta(0), True),
            (HOUR, 2 * HOUR, True),
            (-2 * HOUR, -HOUR, True),
        ],
    )
    def test_only_who_is_in(
        self, *, ask: Ask, rep: User, now: datetime, since: timedelta, until: timedelta, is_in: bool
    ) -> None:
        be_out(rep, since=now + since, until=now + until)
        assert (ask() is not None) is is_in

    def test_only_who_still_works_here(self, ask: Ask, rep: User) -> None:
        User.objects.filter(pk=rep.pk).update(is_active=False)
        assert ask() is None

    def test_only_sales_reps(self, ask: Ask, rep: User) -> None:
        User.objects.filter(pk=rep.pk).update(roles=["marketing"])
        assert ask() is None


class TestFallback:
    @pytest.fixture
    def fallback(self, manager: User) -> User:
        PassPolicy.objects.update_or_create(pk=1, defaults={"fallback": manager})
        return manager

    def test_who_gets_leads_while_nobody_is_in(
        self, make_ready: MakeHandoff, fallback: User, rep: User, now: datetime
    ) -> None:
        be_out(rep, since=now, until=now + HOUR)
        choice = choosing.choose(make_ready(), now=now)
        assert choice == choosing.Choice(
            fallback, "No rep could be chosen; the pass policy says who gets leads then.", to_manager=True
        )

    def test_not_while_somebody_is_in(self, ask: Ask, fallback: User, rep: User) -> None:
        assert ask() == rep

    def test_not_who_has_left(self, ask: Ask, fallback: User) -> None:
        User.objects.filter(pk=fallback.pk).update(is_active=False)
        assert ask() is None

    def test_not_a_rep_who_is_out(self, ask: Ask, rep: User, now: datetime) -> None:
        PassPolicy.objects.update_or_create(pk=1, defaults={"fallback": rep})
        be_out(rep, since=now, until=now + HOUR)
        assert ask() is None


class TestBurst:
    def test_twelve_are_spread_by_capacity(
        self, make_ready: MakeHandoff, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        Rep.objects.filter(user=rep).update(capacity=20)
        Rep.objects.filter(user=other_rep).update(capacity=10)
        for _ in range(12):
            handoff = make_ready()
            chosen = choosing.choose(handoff, now=now)
            assert chosen is not None
            transitions.withdraw(handoff_id=handoff.pk, actor=rep, text="Asked only.", now=now)
            make_waiting(assignee=chosen.user)
        assert (rep.handoffs.filter(state="waiting").count(), other_rep.handoffs.filter(state="waiting").count()) == (
            8,
            4,
        )
