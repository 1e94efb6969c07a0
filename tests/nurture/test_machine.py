"""What becomes of an enrolment at a moment: held against a sequence in plain Python, quarter of an hour by quarter."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.sequences.machine import Ended, Facts, Goes, Paused, Place, Resumed, Stays, look
from nurture.sequences.steps import Malformed, Plan, stored
from nurture.sequences.waits import Almanac, wait_end
from tests.nurture.sequence_model import TICK, Life, World, quarters, works_on

ZONES = [ZoneInfo(name) for name in ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")]
# Clocks go forward, go back, and a year has a 29th of February.
DAYS = [(2028, 3, 24), (2028, 10, 27), (2028, 2, 26), (2028, 3, 10), (2027, 12, 30)]
LASTS = timedelta(days=6)


class Run:
    """The machine from the moment a lead enters: looks as often as it says, as the worker does."""

    def __init__(self, raw: list[dict[str, Any]], zone: ZoneInfo, at: datetime) -> None:
        self.plan, self.almanac = Plan.read(raw), Almanac(zone, works_on)
        self.place = Place(self.plan.first or "", at, at)
        self.taken: list[tuple[str, str, datetime]] = []
        self.ended = ""
        self.returned_at: datetime | None = None

    def tick(self, at: datetime, world: World) -> None:
        if world.returned:
            self.returned_at = at
        while not self.ended:
            facts = Facts(
                self.almanac,
                is_closed=world.closed,
                is_with_sales=world.with_sales,
                returned_at=self.returned_at,
                leaves_on_return=world.leaves_on_return,
                is_goal_reached=world.goal,
                is_to_leave=world.leave,
                is_met=world.met,
            )
            match look(self.plan, self.place, facts, now=at):
                case Ended(_state, reason):
                    self.ended = str(reason.value)
                case Paused():
                    self.place = self.place._replace(paused_at=self.place.paused_at or at)
                    return
                case Resumed(since):
                    self.place = Place(self.place.step, since, at)
                case Stays():
                    return
                case Goes(outcome, to, _acts, reason):
                    self.taken.append((self.place.step, str(outcome.value), at))
                    self.place = self.place._replace(step=to or self.place.step, since=at)
                    self.ended = "" if to else str(reason.value)


def wait_steps() -> st.SearchStrategy[dict[str, Any]]:
    times = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
    return st.one_of(
        st.fixed_dictionaries(
            {
                "kind": st.just("wait"),
                "count": st.integers(1, 3),
                "unit": st.sampled_from(["hours", "days", "business_days"]),
            }
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("wait_until"),
                "weekdays": st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True),
                "time": times,
            }
        ),
    )


def step_lists(depth: int = 0) -> st.SearchStrategy[list[dict[str, Any]]]:
    kinds = [
        wait_steps(),
        st.just({"kind": "notify", "text": "x", "person": None}),
        st.just({"kind": "end"}),
    ]
    if depth < 2:
        branches = {"yes": step_lists(depth + 1), "no": step_lists(depth + 1)}
        kinds.append(st.fixed_dictionaries({"kind": st.just("ask"), "query": st.just("stage=mql"), **branches}))
        waits = {"activity": st.just(""), "page": st.none(), "asset": st.none(), "query": st.just("stage=mql")}
        kinds.append(
            st.fixed_dictionaries({"kind": st.just("wait_for"), "days": st.integers(1, 2), **waits, **branches})
        )
    return st.lists(st.one_of(kinds), min_size=0 if depth else 1, max_size=3)


def numbered(steps: list[dict[str, Any]], prefix: str = "s") -> list[dict[str, Any]]:
    """The same with an id each."""
    return [
        step
        | {"id": f"{prefix}{number}"}
        | {name: numbered(step[name], f"{prefix}{number}{name[0]}") for name in ("yes", "no") if name in step}
        for number, step in enumerate(steps)
    ]


CHANGES = st.lists(
    st.tuples(st.integers(0, 6 * 96), st.sampled_from(["sales", "met", "goal", "closed", "leave"])), max_size=6
)


class TestItAgreesWithTheModel:
    @settings(max_examples=150)
    @given(
        steps=step_lists().map(numbered),
        zone=st.sampled_from(ZONES),
        day=st.sampled_from(DAYS),
        quarter=st.integers(0, 95),
        changes=CHANGES,
        leaves=st.booleans(),
    )
    def test_whatever_happens_to_the_lead(
        self,
        steps: list[dict[str, Any]],
        zone: ZoneInfo,
        day: tuple[int, int, int],
        quarter: int,
        changes: list[tuple[int, str]],
        leaves: bool,
    ) -> None:
        began = datetime(*day, tzinfo=UTC) + TICK * quarter
        run, life = Run(steps, zone, began), Life(steps, zone, began)
        world = World(leaves_on_return=leaves)
        for number, at in enumerate(quarters(began, began + LASTS)):
            world.returned = False
            for _when, what in (one for one in changes if one[0] == number):
                if what == "sales":
                    world.returned = world.with_sales
                    world.with_sales = not world.with_sales
                else:
                    setattr(world, what, not getattr(world, what))
            run.tick(at, world)
            life.tick(at, world)
            assert (run.taken, run.ended) == (life.taken, life.ended), at
        assert len({step for step, _outcome, _at in run.taken}) == len(run.taken)

    @settings(max_examples=60)
    @given(
        steps=step_lists().map(numbered),
        looks=st.lists(st.integers(0, 6 * 96), max_size=12),
        zone=st.sampled_from(ZONES),
    )
    def test_looking_more_often_or_hours_late_never_takes_a_step_before_its_time_or_twice(
        self, steps: list[dict[str, Any]], looks: list[int], zone: ZoneInfo
    ) -> None:
        began = datetime(2028, 3, 24, tzinfo=UTC)
        run, life = Run(steps, zone, began), Life(steps, zone, began)
        for at in quarters(began, began + LASTS):
            life.tick(at, World())
        for number in sorted(looks):
            run.tick(began + TICK * number, World())
        times = {step: at for step, _outcome, at in life.taken}
        assert [one[:2] for one in run.taken] == [one[:2] for one in life.taken][: len(run.taken)]
        assert all(at >= times[step] for step, _outcome, at in run.taken)


LISBON = Almanac(ZoneInfo("Europe/Lisbon"), works_on)


def ends(raw: dict[str, Any], since: datetime, almanac: Almanac = LISBON) -> datetime:
    return wait_end(Plan.read([{"id": "w", **raw}]).by_id["w"], since, almanac)


class TestWaits:
    @pytest.mark.parametrize(
        ("raw", "since", "until"),
        [
            # The clocks go forward on 26 March 2028: three days are an hour shorter, and nine in the morning is nine.
            ({"kind": "wait", "count": 3, "unit": "days"}, (3, 24, 9), (3, 27, 8)),
            ({"kind": "wait", "count": 72, "unit": "hours"}, (3, 24, 9), (3, 27, 9)),
            # And back on 29 October.
            ({"kind": "wait", "count": 3, "unit": "days"}, (10, 27, 8), (10, 30, 9)),
            # The 29th of February is a day.
            ({"kind": "wait", "count": 1, "unit": "days"}, (2, 28, 9), (2, 29, 9)),
            # A day on which nobody works, a weekend.
            ({"kind": "wait", "count": 1, "unit": "business_days"}, (2, 28, 9), (3, 1, 9)),
            ({"kind": "wait", "count": 1, "unit": "business_days"}, (3, 3, 9), (3, 6, 9)),
            # 01:30 is skipped on 26 March: it is when the clocks skip it.
            ({"kind": "wait_until", "weekdays": [6], "time": "01:30"}, (3, 24, 9), (3, 26, 1)),
            ({"kind": "wait_until", "weekdays": [1], "time": "09:00"}, (3, 7, 9), (3, 7, 9)),
            ({"kind": "wait_until", "weekdays": [1], "time": "09:00"}, (3, 7, 9, 1), (3, 14, 9)),
            # 01:30 comes twice on 29 October; between the two it is the second.
            ({"kind": "wait_until", "weekdays": [6], "time": "01:30"}, (10, 29, 0, 15), (10, 29, 0, 30)),
            ({"kind": "wait_until", "weekdays": [6], "time": "01:30"}, (10, 29, 1, 15), (10, 29, 1, 30)),
        ],
    )
    def test_they_end_on_the_clock_of_the_lead(
        self, raw: dict[str, Any], since: tuple[int, ...], until: tuple[int, ...]
    ) -> None:
        assert ends(raw, datetime(2028, *since, tzinfo=UTC)) == datetime(2028, *until, tzinfo=UTC)  # type: ignore[misc, arg-type]

    def test_a_calendar_that_is_never_open_ends_all_the_same(self) -> None:
        never = Almanac(ZoneInfo("UTC"), lambda _day: False)
        since = datetime(2028, 3, 1, tzinfo=UTC)
        assert ends({"kind": "wait", "count": 1, "unit": "business_days"}, since, never) > since + timedelta(days=1000)


class TestSteps:
    def test_they_are_stored_as_they_are_read(self) -> None:
        raw = [
            {"id": "a", "kind": "ask", "query": "stage=mql", "yes": [{"id": "b", "kind": "end"}], "no": []},
            {"id": "c", "kind": "notify", "text": "Call", "person": None},
        ]
        plan = Plan.read(raw)
        assert stored(plan.steps) == raw
        assert (plan.after("a", "yes"), plan.after("a", "no"), plan.after("c")) == ("b", "c", None)

    @pytest.mark.parametrize(
        "raw",
        [
            {"id": "a"},
            [{"id": "a", "kind": "dance"}],
            [{"id": "", "kind": "end"}],
            [{"id": "a" * 13, "kind": "end"}],
            [{"id": "a", "kind": "end"}, {"id": "a", "kind": "end"}],
            [{"id": "a", "kind": "end", "more": 1}],
            [{"id": "a", "kind": "wait", "count": True, "unit": "days"}],
            [{"id": "a", "kind": "ask", "query": "", "yes": []}],
            ["end"],
            [{"id": f"s{number}", "kind": "end"} for number in range(61)],
        ],
    )
    def test_what_has_another_shape_is_refused(self, raw: object) -> None:
        with pytest.raises(Malformed):
            Plan.read(raw)

    def test_branches_in_branches_have_an_end(self) -> None:
        raw: list[dict[str, Any]] = []
        for number in range(6):
            raw = [{"id": f"s{number}", "kind": "ask", "query": "", "yes": raw, "no": []}]
        with pytest.raises(Malformed, match="deep"):
            Plan.read(raw)
