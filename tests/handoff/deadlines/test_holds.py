"""The clock was moved: nothing is returned at once. Time that really passed returns everything, however long it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from handoff.deadlines.clock_readings import Reading, read
from handoff.deadlines.holds import current, end, enforce
from handoff.lifecycle import transitions
from handoff.lifecycle.refusals import Held, TooLate
from handoff.models import Handoff, Hold, SweepMark
from outbox.models import Delivery, Notice
from tests.handoff.conftest import MakeHandoff
from tests.threads import at_once

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Machine:
    """A machine whose clock can be moved; what really passes is another matter."""

    def __init__(self, at: datetime, boot: str = "one") -> None:
        self.at, self.boot, self.ticks = at, boot, 1000.0

    def wait(self, span: timedelta) -> "Machine":
        self.at, self.ticks = self.at + span, self.ticks + span.total_seconds()
        return self

    def move(self, span: timedelta) -> "Machine":
        self.at += span
        return self

    def start_again(self) -> "Machine":
        self.boot, self.ticks = self.boot + "+", 10.0
        return self

    @property
    def reading(self) -> Reading:
        return Reading(self.at, self.boot, self.ticks)

    def sweep(self) -> int:
        return enforce(self.reading)


@pytest.fixture
def machine(now: datetime) -> Machine:
    """It has swept once."""
    machine = Machine(now)
    assert machine.sweep() == 0
    return machine


@pytest.fixture
def make_ten(make_waiting: MakeHandoff) -> Callable[[], None]:
    """Ten leads that wait for an answer for 24 hours."""

    def make() -> None:
        for _ in range(10):
            make_waiting()

    return make


def states() -> set[str]:
    return set(Handoff.objects.values_list("state", flat=True))


class TestMovedAhead:
    def test_nothing_is_returned_and_people_are_told_once(
        self, machine: Machine, make_ten: Callable[[], None], manager: User, administrator: User
    ) -> None:
        make_ten()
        machine.wait(30 * SECOND).move(DAY)
        assert [machine.sweep(), machine.wait(30 * SECOND).sweep()] == [0, 0]
        assert states() == {"waiting"}
        hold = Hold.objects.get()
        assert (hold.due, hold.waiting, hold.ended_at) == (10, 10, None)
        assert "1 d" in hold.why
        assert sorted(Notice.objects.filter(kind="sla.held").values_list("recipient__name", flat=True)) == [
            administrator.name, manager.name,
        ]  # fmt: skip
        assert Delivery.objects.filter(kind="sla.held").count() == 2

    def test_it_ends_by_itself_after_a_quarter_of_an_hour(self, machine: Machine, make_ten: Callable[[], None]) -> None:
        make_ten()
        machine.move(DAY).sweep()
        assert machine.wait(15 * MINUTE - SECOND).sweep() == 0
        assert machine.wait(SECOND).sweep() == 10
        hold = Hold.objects.get()
        assert (hold.ended_at, hold.ended_by) == (machine.at, None)
        assert machine.wait(30 * SECOND).sweep() == 0
        assert Hold.objects.count() == 1

    def test_it_ends_when_the_clock_is_put_right_and_nobody_is_late(
        self, machine: Machine, make_ten: Callable[[], None]
    ) -> None:
        make_ten()
        machine.move(DAY).sweep()
        assert machine.wait(MINUTE).move(-DAY).sweep() == 0
        assert current() is None
        assert states() == {"waiting"}
        assert machine.wait(DAY).sweep() == 10

    def test_a_manager_says_that_the_clock_is_right(
        self, machine: Machine, make_ten: Callable[[], None], manager: User
    ) -> None:
        make_ten()
        machine.move(DAY).sweep()
        assert [end(actor=manager, now=machine.wait(MINUTE).at) for _ in range(2)] == [True, False]
        assert Hold.objects.get().ended_by == manager
        assert machine.wait(2 * SECOND).sweep() == 10
        assert Hold.objects.count() == 1

    def test_another_machine_holds_as_well(self, machine: Machine, make_ten: Callable[[], None]) -> None:
        make_ten()
        machine.move(DAY).sweep()
        other = Machine(machine.at, "two")
        assert other.sweep() == 0
        assert other.wait(15 * MINUTE).sweep() == 10

    def test_a_few_leads_are_no_share_to_hold_for(self, machine: Machine, make_waiting: MakeHandoff) -> None:
        for _ in range(4):
            make_waiting()
        assert machine.move(DAY).sweep() == 4

    def test_a_fifth_of_what_waits_is_not_held(
        self, machine: Machine, make_waiting: MakeHandoff, now: datetime
    ) -> None:
        for _ in range(5):
            make_waiting()
        for _ in range(20):
            make_waiting(at=now + HOUR)
        assert machine.move(DAY).sweep() == 5

    def test_more_than_a_fifth_is(self, machine: Machine, make_waiting: MakeHandoff, now: datetime) -> None:
        for _ in range(5):
            make_waiting()
        for _ in range(19):
            make_waiting(at=now + HOUR)
        assert machine.move(DAY).sweep() == 0
        assert (Hold.objects.get().due, Hold.objects.get().waiting) == (5, 24)

    def test_a_clock_that_is_set_right_by_a_minute_holds_nothing(
        self, machine: Machine, make_ten: Callable[[], None]
    ) -> None:
        make_ten()
        assert machine.wait(DAY - 30 * SECOND).move(MINUTE).sweep() == 10


class TestMovedBack:
    def test_nobody_is_late_before_time(self, machine: Machine, make_ten: Callable[[], None]) -> None:
        make_ten()
        assert machine.wait(HOUR).move(-DAY).sweep() == 0
        assert states() == {"waiting"}

    def test_putting_it_right_soon_is_no_move(self, machine: Machine, make_ten: Callable[[], None]) -> None:
        make_ten()
        machine.wait(DAY - MINUTE).sweep()
        machine.wait(30 * SECOND).move(-DAY).sweep()
        assert machine.wait(2 * MINUTE).move(DAY).sweep() == 10
        assert not Hold.objects.exists()

    def test_after_a_while_it_is_believed(self, machine: Machine, make_ten: Callable[[], None]) -> None:
        make_ten()
        machine.move(-DAY).sweep()
        machine.wait(16 * MINUTE).sweep()
        assert machine.wait(MINUTE).move(3 * DAY).sweep() == 0
        assert current()


class TestTimeThatPassed:
    def test_workers_that_were_dead_for_hours_return_everything_at_once(
        self, machine: Machine, make_ten: Callable[[], None]
    ) -> None:
        make_ten()
        assert machine.wait(30 * HOUR).sweep() == 10
        assert not Hold.objects.exists()

    def test_also_when_the_clock_is_put_right_by_minutes_then(
        self, machine: Machine, make_ten: Callable[[], None]
    ) -> None:
        make_ten()
        assert machine.wait(30 * HOUR).move(5 * MINUTE).sweep() == 10

    def test_so_does_a_machine_that_was_started_again(self, machine: Machine, make_ten: Callable[[], None]) -> None:
        make_ten()
        assert machine.wait(30 * HOUR).start_again().sweep() == 10

    def test_and_one_that_never_swept(self, make_ten: Callable[[], None], now: datetime) -> None:
        make_ten()
        assert Machine(now + 30 * HOUR).sweep() == 10


class TestWhileItHolds:
    def test_an_answer_that_looks_late_returns_nothing_either(
        self, machine: Machine, make_ten: Callable[[], None], rep: User
    ) -> None:
        make_ten()
        machine.move(DAY).sweep()
        handoff = Handoff.objects.first()
        assert handoff
        with pytest.raises(Held):
            transitions.accept(handoff_id=handoff.pk, actor=rep, now=machine.at)
        assert states() == {"waiting"}
        end(actor=rep, now=machine.at)
        with pytest.raises(TooLate):
            transitions.accept(handoff_id=handoff.pk, actor=rep, now=machine.at)
        assert states() == {"waiting", "breached"}


class TestReading:
    def test_the_slower_of_two_clocks_holds(self, db: None) -> None:
        real = timezone.now()
        assert abs(read(now=real + DAY).at - real) < MINUTE
        assert read(now=real - DAY).at == real - DAY

    def test_the_seconds_go_on_and_the_start_stays(self, db: None) -> None:
        first, second = (read(now=timezone.now()) for _ in range(2))
        assert first.boot == second.boot != ""
        assert 0 <= second.ticks - first.ticks < 60


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestAtOnce:
    def test_sweepers_hold_together(self, make_ten: Callable[[], None], manager: User, now: datetime) -> None:
        make_ten()
        machines = [Machine(now, name) for name in ("one", "two", "three")]
        for machine in machines:
            machine.sweep()
        answers = at_once(*[partial(enforce, machine.move(DAY).reading) for machine in machines * 2][:3])
        assert answers == [0, 0, 0]
        assert Hold.objects.count() == Notice.objects.filter(kind="sla.held").count() == 1

    def test_sweepers_of_a_machine_that_is_well_leave_one_mark(
        self, make_ten: Callable[[], None], now: datetime
    ) -> None:
        make_ten()
        machine = Machine(now + 25 * HOUR)
        answers = at_once(*[machine.sweep] * 4)
        assert sum(answer for answer in answers if isinstance(answer, int)) == 10
        assert SweepMark.objects.count() == 1
