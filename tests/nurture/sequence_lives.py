"""Lives of three leads in a sequence: whatever people and programs do, with what the model says becomes of it."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Handoff, Reason, SlaPolicy
from leads.correcting.leads import correct
from leads.events import SYSTEM, Agent
from leads.merging.merging import merge
from leads.models import Lead
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from lib.zones import organisation_zone
from nurture.models import Enrolment, Sequence
from nurture.sequences import editing
from nurture.sequences.entering import enrol
from nurture.sequences.leaving import take_out
from scoring.models import Criteria, Score
from tests.handoff.conftest import RECEIPT
from tests.nurture.sequence_model import TICK, Life, quarters
from tests.nurture.sequence_model import World as Truth
from tests.nurture.sequences import start, steps_of, tell, work

WAIT_FOR: Final = {"activity": "", "page": None, "asset": None, "query": "country=PT"}
VERSIONS: Final[tuple[list[dict[str, Any]], ...]] = (
    [
        tell("a"),
        {"id": "b", "kind": "wait", "count": 2, "unit": "days"},
        {"id": "c", "kind": "wait_for", "days": 3, **WAIT_FOR, "yes": [tell("d")], "no": []},
        {"id": "e", "kind": "ask", "query": "country=PT", "yes": [{"id": "f", "kind": "end"}], "no": [tell("g")]},
        {"id": "h", "kind": "wait_until", "weekdays": [1, 6], "time": "02:15"},
    ],
    [{"id": "k", "kind": "wait", "count": 30, "unit": "hours"}, tell("l"), tell("m")],
)
# What a lead's country says: met, at the goal, or to leave.
# All of several zones, so that the clock is the organisation's.
COUNTRIES: Final = {"US": {}, "PT": {"met": True}, "BR": {"goal": True}, "ES": {"leave": True}}
WHOSE = st.integers(0, 2)


class Given(NamedTuple):
    """What is there before a life begins."""

    sequence: Sequence
    leads: tuple[int, ...]
    marketer: User
    rep: User
    reason: Reason
    criteria: Criteria
    began: datetime


class Person:
    """A lead as the model has it, with all its ways through the sequence."""

    def __init__(self, pk: int) -> None:
        self.pk, self.truth, self.is_there, self.is_erased = pk, Truth(), True, False
        self.ways: dict[int, Life] = {}

    def open(self) -> dict[int, Life]:
        return {pk: life for pk, life in self.ways.items() if not life.ended}


class SequenceLives(RuleBasedStateMachine):
    """A worker looks whenever something is due; now and then the clock is put back."""

    def __init__(self, world: Given) -> None:
        super().__init__()
        self.world, self.now, self.version, self.is_halted = world, world.began, 0, False
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.people = [Person(pk) for pk in world.leads]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def there(self) -> list[Person]:
        return [person for person in self.people if person.is_there and not person.is_erased]

    def chosen(self, whose: int) -> Person:
        return self.there()[whose % len(self.there())]

    def settle(self) -> None:
        """Worker and model look at this moment."""
        work(self.now)
        if not self.is_halted:
            for person in self.people:
                for life in person.open().values():
                    life.tick(self.now, person.truth)

    @precondition(lambda self: self.there())
    @rule(whose=WHOSE)
    def enrol(self, whose: int) -> None:
        person = self.chosen(whose)
        entered = enrol(
            self.world.sequence.pk, [person.pk], how=Enrolment.How.BY_HAND, actor=self.world.marketer, now=self.now
        )
        assert len(entered.enrolments) == (not person.open())
        for one in entered.enrolments:
            person.ways[one.pk] = Life(VERSIONS[self.version], organisation_zone(), self.now)
        self.settle()

    @rule(count=st.integers(1, 300))
    def pass_time(self, count: int) -> None:
        due = self.next_due()
        for at in quarters(self.now + TICK, self.now + TICK * count):
            self.now = at
            if due is not None and due <= at:
                work(at)
                due = self.next_due()
            for person in self.people:
                for life in person.open().values():
                    if self.is_halted:
                        life.stand(at)
                    else:
                        life.tick(at, person.truth)

    def next_due(self) -> datetime | None:
        """When the worker has to look next."""
        first = Enrolment.objects.filter(due_at__isnull=False).order_by("due_at").first()
        return None if first is None or self.is_halted else first.due_at

    @precondition(lambda self: self.there())
    @rule(whose=WHOSE)
    def pass_to_sales(self, whose: int) -> None:
        person = self.chosen(whose)
        lead = Lead.objects.get(pk=person.pk)
        if person.truth.with_sales:
            return
        score = Score(lead=lead, criteria=self.world.criteria, total=35, is_fast_track=False)
        handoff = transitions.open_handoff(
            lead=lead, score=score, receipt=RECEIPT, policy=SlaPolicy.objects.get(), agent=SYSTEM, now=self.now
        )
        transitions.pass_to_sales(handoff_id=handoff.pk, assignee=self.world.rep, agent=SYSTEM, now=self.now)
        person.truth.with_sales = True
        self.settle()

    @precondition(lambda self: any(person.truth.with_sales for person in self.there()))
    @rule(whose=WHOSE, is_late=st.booleans())
    def give_back(self, whose: int, *, is_late: bool) -> None:
        having = [person for person in self.there() if person.truth.with_sales]
        person = having[whose % len(having)]
        handoff = Handoff.objects.open().get(lead=person.pk)
        assert handoff.respond_by is not None
        if is_late or handoff.respond_by <= self.now:
            self.pass_until(handoff.respond_by)
            transitions.breach(handoff_id=handoff.pk, now=self.now)
        else:
            transitions.reject(
                handoff_id=handoff.pk, actor=self.world.rep, reason=self.world.reason, text="No.", now=self.now
            )
        person.truth.with_sales = False
        self.settle()

    def pass_until(self, moment: datetime) -> None:
        missing = moment - self.now
        if missing > timedelta(0):
            self.pass_time(-(-missing // TICK))

    @precondition(lambda self: self.there())
    @rule(whose=WHOSE, country=st.sampled_from(list(COUNTRIES)))
    def move_abroad(self, whose: int, country: str) -> None:
        person = self.chosen(whose)
        correct(lead_id=person.pk, values={"country": country}, agent=Agent(user=self.world.marketer), now=self.now)
        for name in ("met", "goal", "leave"):
            setattr(person.truth, name, COUNTRIES[country].get(name, False))
        self.settle()

    @rule()
    def edit(self) -> None:
        """Whoever is on the way finishes the version they began."""
        draft = editing.new_draft(self.world.sequence.pk, now=self.now)
        self.version = 1 - self.version
        editing.save_steps(draft.pk, VERSIONS[self.version], seen_at=draft.changed_at, now=self.now)
        if not self.is_halted:
            start(self.world.sequence, by=self.world.marketer, now=self.now)
        else:
            self.version = 1 - self.version

    @rule()
    def halt_or_go_on(self) -> None:
        change = editing.go_on if self.is_halted else editing.halt
        assert change(self.world.sequence.pk, now=self.now)
        self.is_halted = not self.is_halted
        self.settle()

    @precondition(lambda self: any(person.open() for person in self.there()))
    @rule(whose=WHOSE)
    def take_out(self, whose: int) -> None:
        inside = [person for person in self.there() if person.open()]
        [(pk, life)] = inside[whose % len(inside)].open().items()
        assert take_out(pk, agent=SYSTEM, now=self.now)
        life.ended = "hand"

    @precondition(lambda self: self.there())
    @rule(whose=WHOSE)
    def erase(self, whose: int) -> None:
        person = self.chosen(whose)
        erase(lead_id=person.pk, reason=ErasureReason.ASKED, agent=Agent(user=self.world.marketer), now=self.now)
        person.is_erased = True
        for life in person.open().values():
            life.ended = "erased"

    @precondition(lambda self: len(self.there()) > 1 and not any(one.truth.with_sales for one in self.there()))
    @rule()
    def merge(self) -> None:
        one, other = self.there()[:2]
        if one.truth != other.truth:
            return
        stored = merge(lead_ids=(one.pk, other.pk), agent=Agent(user=self.world.marketer), now=self.now)
        survivor, merged = (one, other) if stored.survivor_id == one.pk else (other, one)
        if survivor.open():
            for life in merged.open().values():
                life.ended = "merged"
        survivor.ways |= merged.ways
        merged.ways, merged.is_there = {}, False
        self.settle()

    @precondition(lambda self: not self.is_halted and not any(one.truth.with_sales for one in self.people))
    @rule(count=st.integers(1, 200))
    def put_the_clock_back(self, count: int) -> None:
        self.now -= TICK * count
        self.settle()

    @invariant()
    def each_step_was_taken_as_the_model_says(self) -> None:
        for person in self.people:
            for pk, life in person.ways.items():
                one = Enrolment.objects.select_related("lead").get(pk=pk)
                assert steps_of(one) == [(step, outcome) for step, outcome, _at in life.taken], life
                assert (one.reason, one.lead_id) == (life.ended, person.pk)

    @invariant()
    def a_lead_in_it_is_nurtured_unless_sales_has_it(self) -> None:
        for person in self.there():
            status = Lead.objects.values_list("status", flat=True).get(pk=person.pk)
            if not self.is_halted:
                assert (status == "nurturing") == (bool(person.open()) and not person.truth.with_sales)
