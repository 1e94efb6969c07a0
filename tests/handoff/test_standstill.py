"""While everything stands still no lead moves by itself; afterwards somebody says what becomes of the deadlines."""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import Standstill, User
from accounts.standstill.switches import switches
from accounts.standstill.turning import NotPossible, turn_off, turn_off_restored, turn_on
from config.celery import app
from handoff.deadlines import sla
from handoff.lifecycle.refusals import Held
from handoff.lifecycle.transitions import accept
from handoff.models import Handoff, State
from handoff.standstill import PASSING
from leads.models import LeadEvent
from lib import process_cache
from outbox.models import Delivery
from tests.handoff.conftest import MakeHandoff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
AWAY = 26 * HOUR


def work(at: datetime) -> None:
    """Every task of handoff, as a worker that has just started does."""
    app.loader.import_default_modules()
    names = sorted(name for name in app.tasks if name.startswith("handoff.tasks."))
    assert len(names) >= 7
    with time_machine.travel(at, tick=False):
        for name in names:
            app.tasks[name]()


def states() -> dict[str, int]:
    found = list(Handoff.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in found}


@pytest.fixture
def restored(make_waiting: MakeHandoff, now: datetime) -> list[Handoff]:
    """Of 23 leads that waited when a backup was made one is accepted; it is restored 26 hours later."""
    waiting = [make_waiting(at=now - HOUR) for _lead in range(24)]
    assert waiting[0].assignee
    accept(handoff_id=waiting.pop(0).pk, actor=waiting[0].assignee, now=now - HOUR / 2)
    turn_off_restored(switches(), backup_at=now, why="Restored.", now=now + AWAY)
    return waiting


class TestRestored:
    def test_nothing_moves_until_somebody_has_chosen(self, restored: list[Handoff], now: datetime) -> None:
        events, messages = LeadEvent.objects.count(), Delivery.objects.count()
        work(now + AWAY)
        work(now + AWAY + HOUR)
        assert states() == {"waiting": 23, "accepted": 1}
        assert (LeadEvent.objects.count(), Delivery.objects.count()) == (events, messages)

    def test_the_clocks_stood_still_where_somebody_says_so(
        self, restored: list[Handoff], manager: User, now: datetime
    ) -> None:
        then = now + AWAY + 2 * HOUR
        before = {each.pk: (each.half_at, each.nearly_at, each.respond_by) for each in restored}
        done = turn_on(PASSING, chosen={"deadlines": "extend"}, actor=manager, now=then)
        assert done == {"deadlines": 23}
        for handoff in Handoff.objects.filter(state=State.WAITING):
            assert (handoff.half_at, handoff.nearly_at, handoff.respond_by) == tuple(
                at + AWAY + 2 * HOUR for at in before[handoff.pk] if at
            )
            assert handoff.deadline_moved_by == manager
        moved = LeadEvent.objects.filter(kind="handoff.deadline_moved")
        assert moved.count() == 23
        assert {each.text for each in moved} == {"Baton stood still for 1 d 4 h, and so did the clock."}
        work(then)
        assert states() == {"waiting": 23, "accepted": 1}
        assert sla.breach_overdue(now=then + 23 * HOUR - timedelta(minutes=1)) == 0
        assert sla.breach_overdue(now=then + 23 * HOUR) == 23
        assert states() == {"breached": 23, "accepted": 1}

    def test_as_if_nothing_had_happened(self, restored: list[Handoff], manager: User, now: datetime) -> None:
        assert turn_on(PASSING, chosen={"deadlines": "late"}, actor=manager, now=now + AWAY) == {}
        work(now + AWAY)
        assert states() == {"breached": 23, "accepted": 1}

    def test_it_says_what_would_happen(self, restored: list[Handoff], make_ready: MakeHandoff, now: datetime) -> None:
        make_ready(at=now)
        standstill = Standstill.objects.get(switch="passing")
        assert [each.sentence for each in PASSING.owed(standstill, now + AWAY)][:2] == [
            "23 of 23 deadlines have passed: these leads go back or on, as their policies say.",
            "1 lead that is ready is passed to a rep.",
        ]

    def test_who_was_late_when_it_began_stays_late_and_a_warning_that_was_due_stays_due(
        self, make_waiting: MakeHandoff, manager: User, now: datetime
    ) -> None:
        late, half = make_waiting(at=now - 25 * HOUR), make_waiting(at=now - 13 * HOUR)
        turn_off(PASSING, actor=manager, why="We move house.", now=now)
        turn_on(PASSING, chosen={"deadlines": "extend"}, actor=manager, now=now + HOUR)
        for handoff in (late, half):
            handoff.refresh_from_db()
        assert late.respond_by == now - HOUR
        assert (half.half_at, half.next_warning_at) == (now - HOUR, now - HOUR)
        assert half.respond_by == now + 12 * HOUR


class TestByHand:
    def test_ten_minutes_change_no_row_but_their_own(
        self, make_waiting: MakeHandoff, make_ready: MakeHandoff, manager: User, now: datetime
    ) -> None:
        make_waiting(at=now - 25 * HOUR)
        make_ready(at=now)
        turn_off(PASSING, actor=manager, why="We look for a fault.", now=now)
        before = list(Handoff.objects.order_by("pk").values())
        for minute in range(0, 10, 3):
            work(now + timedelta(minutes=minute))
        assert list(Handoff.objects.order_by("pk").values()) == before
        turn_on(PASSING, chosen={}, actor=manager, now=now + timedelta(minutes=10))
        work(now + timedelta(minutes=10))
        assert states() == {"breached": 1, "waiting": 1}

    def test_an_answer_that_comes_too_late_returns_nothing(
        self, make_waiting: MakeHandoff, manager: User, rep: User, now: datetime
    ) -> None:
        handoff = make_waiting(at=now - 23 * HOUR)
        turn_off(PASSING, actor=manager, why="We look for a fault.", now=now)
        with pytest.raises(Held, match="deadlines stand still"):
            accept(handoff_id=handoff.pk, actor=rep, now=now + 2 * HOUR)
        turn_on(PASSING, chosen={"deadlines": "extend"}, actor=manager, now=now + 2 * HOUR)
        assert accept(handoff_id=handoff.pk, actor=rep, now=now + 2 * HOUR).state == State.ACCEPTED

    def test_without_a_reason_nothing_stops(self, manager: User, now: datetime) -> None:
        with pytest.raises(NotPossible, match="Say why"):
            turn_off(PASSING, actor=manager, why=" ", now=now)
        assert not PASSING.is_off

    def test_whoever_turns_it_sees_it_at_once(
        self, manager: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(process_cache, "SECONDS", 1000.0)
        off = [PASSING.is_off]
        turn_off(PASSING, actor=manager, why="We look for a fault.", now=now)
        off.append(PASSING.is_off)
        turn_on(PASSING, chosen={}, actor=manager, now=now)
        off.append(PASSING.is_off)
        turn_off_restored(switches(), backup_at=now, why="Restored.", now=now)
        assert [*off, PASSING.is_off] == [False, True, False, True]

    def test_twice_is_once(self, manager: User, now: datetime) -> None:
        turn_off(PASSING, actor=manager, why="Once.", now=now)
        with pytest.raises(NotPossible, match="stands still already"):
            turn_off(PASSING, actor=manager, why="Twice.", now=now)
        turn_on(PASSING, chosen={}, actor=manager, now=now)
        with pytest.raises(NotPossible, match="goes on already"):
            turn_on(PASSING, chosen={}, actor=manager, now=now)
        assert Standstill.objects.count() == 1
