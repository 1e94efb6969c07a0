"""Nobody answers, from the sweeper to the end of the run: who has the lead next, what is counted, what is kept."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from accounts.models import User
from handoff.deadlines.promises import answered
from handoff.deadlines.sla import breach_overdue
from handoff.models import Handoff, Rep, SlaPolicy
from handoff.promotion.ready_leads import pass_ready
from leads.models import Lead
from outbox.models import Delivery
from tests.conftest import make_person
from tests.handoff.conftest import MakeHandoff

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def team(rep: User, other_rep: User, manager: User) -> list[User]:
    """Five reps and a manager."""
    more = [make_person(f"{name}@example.com", "sales_rep", name) for name in ("Third", "Fourth", "Fifth")]
    Rep.objects.bulk_create(Rep(user=user) for user in more)
    return [rep, other_rep, *more]


@pytest.fixture
def let_pass(now: datetime) -> Callable[[int], Lead]:
    """`let_pass(days)`: nobody answers for so many days; the sweepers do what they do."""

    def sweep(days: int) -> Lead:
        for day in range(1, days + 1):
            breach_overdue(now=now + day * DAY + day * MINUTE)
            pass_ready(now=now + day * DAY + day * MINUTE)
        return Lead.objects.get(handoffs__origin="promoted")

    return sweep


def agrees() -> bool:
    """Whether the record and the stored state of every lead say the same."""
    written = io.StringIO()
    call_command("reconcile", stdout=written)
    return written.getvalue() == "Every lead agrees with its record.\n"


class TestBackToNurture:
    def test_once_and_it_is_over(
        self, team: list[User], make_waiting: MakeHandoff, let_pass: Callable[[int], Lead]
    ) -> None:
        make_waiting()
        lead = let_pass(5)
        assert (lead.stage, lead.status, lead.recycle_count, lead.rest_until) == ("lead", "recycled", 1, None)
        assert [handoff.state for handoff in Handoff.objects.all()] == ["breached"]
        assert agrees()


class TestToAnotherRep:
    def test_the_run_goes_on_with_a_clock_of_its_own(
        self, team: list[User], make_waiting: MakeHandoff, let_pass: Callable[[int], Lead], now: datetime
    ) -> None:
        SlaPolicy.objects.update(on_breach="reassign")
        make_waiting()
        lead = let_pass(1)
        first, second = Handoff.objects.order_by("pk")
        assert (first.state, first.breached_at) == ("breached", now + DAY)
        assert (second.state, second.follows, second.hops, second.origin) == ("waiting", first, 1, "reassigned")
        assert second.assignee not in (None, first.assignee)
        assert second.respond_by == now + 2 * DAY + MINUTE
        assert (lead.stage, lead.status, lead.owner, lead.mql_count, lead.recycle_count) == (
            "mql", "awaiting_sales", second.assignee, 1, 0,
        )  # fmt: skip
        assert agrees()

    def test_three_times_then_back_to_nurture_and_each_breach_is_counted(
        self, team: list[User], manager: User, make_waiting: MakeHandoff, let_pass: Callable[[int], Lead], now: datetime
    ) -> None:
        SlaPolicy.objects.update(on_breach="reassign")
        make_waiting()
        lead = let_pass(8)
        handoffs = Handoff.objects.order_by("pk")
        assert [(each.state, each.hops) for each in handoffs] == [("breached", hops) for hops in range(4)]
        assert len({each.assignee for each in handoffs}) == 4
        assert {each.receipt["total"] for each in handoffs} == {35}
        assert (lead.stage, lead.status, lead.mql_count, lead.recycle_count) == ("lead", "recycled", 1, 1)
        assert lead.events.filter(kind="handoff.breached").count() == 4
        assert lead.events.filter(kind="lead.mql").count() == 1
        assert Delivery.objects.filter(kind="handoff.breached", recipient=manager).count() == 4
        kept = answered(since=now - DAY, until=now + 9 * DAY, now=now + 9 * DAY)
        assert (kept.in_time, kept.late) == (0, 4)
        assert agrees()


class TestToAManager:
    def test_the_one_whom_the_policy_names(
        self, team: list[User], manager: User, make_waiting: MakeHandoff, let_pass: Callable[[int], Lead]
    ) -> None:
        SlaPolicy.objects.update(on_breach="escalate", escalate_to=manager)
        make_waiting()
        lead = let_pass(1)
        assert Handoff.objects.get(state="waiting").assignee == manager == lead.owner
        assert agrees()

    def test_not_to_somebody_who_has_no_role_any_more(
        self, team: list[User], manager: User, make_waiting: MakeHandoff, let_pass: Callable[[int], Lead]
    ) -> None:
        gone = make_person("former@example.com", "sales_manager", "Former Manager")
        User.objects.filter(pk=gone.pk).update(roles=[])
        SlaPolicy.objects.update(on_breach="escalate", escalate_to=gone)
        make_waiting()
        assert let_pass(1).owner == manager
