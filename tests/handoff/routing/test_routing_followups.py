"""Who gets a lead that goes on: nobody who had it before, a manager in the end, and never back and forth."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from handoff.lifecycle import passing, transitions
from handoff.models import Handoff, PassPolicy, Reason, Rep, SlaPolicy
from handoff.promotion.ready_leads import pass_ready
from handoff.routing import choosing
from leads.events import SYSTEM
from leads.models import Lead
from tests.conftest import be_out, make_person
from tests.handoff.conftest import MakeHandoff

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
GoOn = Callable[..., Handoff]


@pytest.fixture
def go_on(now: datetime) -> GoOn:
    """`go_on(handoff, "reassign")`: nobody answers it under such a policy; the handoff that follows, ready."""

    def breach(handoff: Handoff, on_breach: str) -> Handoff:
        SlaPolicy.objects.update(on_breach=on_breach)
        handoff.refresh_from_db()
        assert handoff.respond_by is not None
        transitions.breach(handoff_id=handoff.pk, now=handoff.respond_by)
        return Handoff.objects.get(follows=handoff)

    return breach


def pass_on(handoff: Handoff, *, now: datetime) -> Handoff:
    choice = choosing.choose(handoff, now=now)
    assert choice is not None
    return passing.pass_to_sales(handoff_id=handoff.pk, assignee=choice.user, agent=SYSTEM, now=now)


class TestReassigned:
    def test_it_goes_to_another_rep(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, other_rep: User, now: datetime
    ) -> None:
        make_waiting(assignee=other_rep)
        following = go_on(make_waiting(assignee=rep), "reassign")
        choice = choosing.choose(following, now=now + DAY)
        assert choice is not None
        assert choice.user == other_rep

    def test_with_no_other_rep_to_a_manager(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, manager: User, now: datetime
    ) -> None:
        choice = choosing.choose(go_on(make_waiting(assignee=rep), "reassign"), now=now + DAY)
        assert choice == choosing.Choice(
            manager, "A manager decides now: the one with the fewest open leads.", to_manager=True
        )

    def test_with_no_manager_to_whom_the_way_to_sales_names(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, marketer: User, now: datetime
    ) -> None:
        PassPolicy.objects.update_or_create(pk=1, defaults={"fallback": marketer})
        choice = choosing.choose(go_on(make_waiting(assignee=rep), "reassign"), now=now + DAY)
        assert choice is not None
        assert choice.user == marketer

    def test_with_nobody_left_it_waits_a_day_and_goes_back_to_nurture(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, now: datetime
    ) -> None:
        following = go_on(make_waiting(assignee=rep), "reassign")
        opened = following.opened_at
        assert pass_ready(now=opened + DAY - timedelta(seconds=1)) == 0
        assert Handoff.objects.get(pk=following.pk).state == "ready"
        pass_ready(now=opened + DAY)
        ended = Handoff.objects.select_related("lead").get(pk=following.pk)
        assert (ended.state, ended.decided_by) == ("withdrawn", None)
        assert (ended.lead.stage, ended.lead.status, ended.lead.owner) == ("lead", "nurturing", None)

    def test_one_that_asked_not_to_be_contacted_goes_back_to_nurture(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        SlaPolicy.objects.update(on_breach="reassign")
        handoff = make_waiting(assignee=rep)
        Lead.objects.update(do_not_contact=True)
        transitions.breach(handoff_id=handoff.pk, now=now + DAY)
        assert Lead.objects.get(pk=handoff.lead_id).status == "recycled"
        assert not Handoff.objects.filter(follows=handoff).exists()

    def test_nor_can_it_be_taken_back(self, make_waiting: MakeHandoff, rep: User, manager: User, now: datetime) -> None:
        handoff = make_waiting(assignee=rep)
        transitions.breach(handoff_id=handoff.pk, now=now + DAY)
        Lead.objects.update(do_not_contact=True)
        with pytest.raises(transitions.NotPossible, match="They asked not to be contacted"):
            transitions.take_back(handoff_id=handoff.pk, actor=manager, assignee=rep, now=now + DAY)
        assert Handoff.objects.count() == 1

    def test_it_never_goes_back_and_forth(
        self, *, make_waiting: MakeHandoff, go_on: GoOn, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        handoff = make_waiting(assignee=rep)
        held = [rep]
        for day in (1, 2):
            handoff = pass_on(go_on(handoff, "reassign"), now=now + day * DAY)
            assert handoff.assignee is not None
            held.append(handoff.assignee)
        assert held == [rep, other_rep, manager]

    def test_not_to_whom_it_was_taken_from_by_hand(
        self, *, make_waiting: MakeHandoff, go_on: GoOn, rep: User, other_rep: User, manager: User, now: datetime
    ) -> None:
        third = make_person("third@example.com", "sales_rep", "Third Rep")
        Rep.objects.create(user=third)
        handoff = make_waiting(assignee=rep)
        transitions.reassign(handoff_id=handoff.pk, assignee=other_rep, agent=SYSTEM, now=now)
        choice = choosing.choose(go_on(handoff, "reassign"), now=now + DAY)
        assert choice is not None
        assert choice.user == third

    def test_one_that_came_to_the_wrong_rep_goes_to_another(
        self, make_waiting: MakeHandoff, rep: User, other_rep: User, now: datetime
    ) -> None:
        Reason.objects.filter(outcome="reject").update(next_step="reroute")
        reason = Reason.objects.filter(outcome="reject", needs_text=False).first()
        assert reason is not None
        make_waiting(assignee=other_rep)
        handoff = make_waiting(assignee=rep)
        transitions.reject(handoff_id=handoff.pk, actor=rep, reason=reason, now=now + HOUR)
        choice = choosing.choose(Handoff.objects.get(follows=handoff), now=now + HOUR)
        assert choice is not None
        assert choice.user == other_rep


class TestEscalated:
    def test_to_whom_the_policy_names(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, manager: User, administrator: User, now: datetime
    ) -> None:
        SlaPolicy.objects.update(escalate_to=administrator)
        choice = choosing.choose(go_on(make_waiting(), "escalate"), now=now + DAY)
        assert choice == choosing.Choice(
            administrator, "A manager decides now: the one the policy names.", to_manager=True
        )

    def test_else_to_the_manager_with_the_fewest(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, manager: User, now: datetime
    ) -> None:
        second = make_person("second@example.com", "sales_manager", "Sam Manager")
        SlaPolicy.objects.update(escalate_to=second)
        User.objects.filter(pk=second.pk).update(is_active=False)
        late = go_on(make_waiting(), "escalate")
        make_waiting(assignee=manager)
        choice = choosing.choose(late, now=now + DAY)
        assert choice is not None
        assert choice.user == manager
        User.objects.filter(pk=second.pk).update(is_active=True)
        SlaPolicy.objects.update(escalate_to=None)
        choice = choosing.choose(Handoff.objects.get(pk=late.pk), now=now + DAY)
        assert choice is not None
        assert choice.user == second

    def test_also_while_no_rep_is_in(
        self, make_waiting: MakeHandoff, go_on: GoOn, rep: User, manager: User, now: datetime
    ) -> None:
        following = go_on(make_waiting(), "escalate")
        be_out(rep, since=now, until=now + 9 * DAY)
        assert pass_ready(now=now + DAY) == 1
        following.refresh_from_db()
        assert following.assignee == manager
