"""Who gets the next lead."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from handoff import lifecycle
from handoff.models import Rep
from handoff.routing import choose_rep
from leads.models import Lead
from tests.handoff.conftest import MakeHandoff, MakeLead

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(make_lead: MakeLead) -> Lead:
    return make_lead()


class TestChooseRep:
    def test_nobody_when_there_is_none(self, lead: Lead, now: datetime) -> None:
        assert choose_rep(lead, now=now) is None

    def test_the_least_loaded(
        self, lead: Lead, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_waiting(assignee=rep)
        assert choose_rep(lead, now=now) == other_rep

    def test_load_is_relative_to_capacity(
        self, lead: Lead, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        Rep.objects.filter(user=rep).update(capacity=30)
        Rep.objects.filter(user=other_rep).update(capacity=10)
        for assignee in (rep, rep, other_rep):
            make_waiting(assignee=assignee)
        assert choose_rep(lead, now=now) == rep  # 2 of 30 against 1 of 10

    def test_an_accepted_lead_is_load_and_a_closed_one_is_not(
        self,
        *,
        lead: Lead,
        make_accepted: MakeHandoff,
        make_waiting: MakeHandoff,
        rep: User,
        other_rep: User,
        now: datetime,
    ) -> None:
        for _ in range(2):
            lifecycle.breach(handoff_id=make_waiting(assignee=rep).pk, now=now + 24 * HOUR)
        make_accepted(assignee=other_rep)
        assert choose_rep(lead, now=now) == rep

    def test_among_equals_who_waited_longest(
        self, lead: Lead, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_waiting(assignee=rep, at=now)
        make_waiting(assignee=other_rep, at=now - HOUR)
        assert choose_rep(lead, now=now) == other_rep

    def test_among_equals_who_never_got_one_the_first(
        self, lead: Lead, rep: User, other_rep: User, now: datetime
    ) -> None:
        assert choose_rep(lead, now=now) == min(rep, other_rep, key=lambda user: user.pk)

    @pytest.mark.parametrize(("away", "is_in"), [(None, True), (HOUR, False), (timedelta(0), True), (-HOUR, True)])
    def test_only_who_is_in(self, *, lead: Lead, rep: User, now: datetime, away: timedelta | None, is_in: bool) -> None:
        Rep.objects.update(away_until=None if away is None else now + away)
        assert (choose_rep(lead, now=now) is not None) is is_in

    def test_only_who_still_works_here(self, lead: Lead, rep: User, now: datetime) -> None:
        User.objects.filter(pk=rep.pk).update(is_active=False)
        assert choose_rep(lead, now=now) is None

    def test_only_sales_reps(self, lead: Lead, rep: User, now: datetime) -> None:
        rep.groups.set([Group.objects.get(name="Marketing")])
        assert choose_rep(lead, now=now) is None

    def test_a_burst_of_twelve_is_spread_by_capacity(
        self, make_waiting: MakeHandoff, make_lead: MakeLead, rep: User, other_rep: User, now: datetime
    ) -> None:
        Rep.objects.filter(user=rep).update(capacity=20)
        Rep.objects.filter(user=other_rep).update(capacity=10)
        for _ in range(12):
            lead = make_lead()
            chosen = choose_rep(lead, now=now)
            assert chosen is not None
            make_waiting(lead=lead, assignee=chosen)
        assert (rep.handoffs.count(), other_rep.handoffs.count()) == (8, 4)
