"""Lives of three leads: every function of the lifecycle at any moment, with what the model says becomes of it."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from accounts.models import User
from handoff import contacts
from handoff.deadlines import sla
from handoff.deadlines.due_times import Deadlines
from handoff.lifecycle import clocks, transitions
from handoff.models import Handoff, Reason, SlaPolicy
from handoff.promotion import ready_leads
from leads import lifecycle as leads
from leads.events import SYSTEM, Agent
from leads.models import Lead
from scoring.models import Criteria, Score
from tests.handoff.agreement import Agreement
from tests.handoff.conftest import ANSWERS, RECEIPT
from tests.handoff.lifecycle_model import OPEN, RETURNED, Baton, Person, Refusal

DAY: Final = timedelta(hours=24)
SECOND: Final = timedelta(seconds=1)


class World(NamedTuple):
    """What is there before a life begins."""

    reps: tuple[User, User]
    manager: User
    marketer: User
    policies: dict[str, SlaPolicy]
    reasons: dict[str, Reason]
    criteria: Criteria
    leads: tuple[int, ...]
    began: datetime


WHOSE = st.integers(0, 2)
# The latest handoff of a lead, seldom an earlier one.
WHICH = st.sampled_from((-1, -1, -1, -2))


class Lives(RuleBasedStateMachine):
    """`steps` counts what was done, over all lives; what was refused is not counted."""

    def __init__(self, world: World, steps: Counter[str]) -> None:
        super().__init__()
        self.world, self.steps = world, steps
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = self.world.began
        self.people = [Person(pk=pk) for pk in self.world.leads]
        self.agreement = Agreement()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def has_handoffs(self) -> bool:
        return any(person.batons for person in self.people)

    def chosen(self, whose: int, which: int, *suits: str) -> tuple[Person, Baton]:
        """A handoff: the latest of a lead for which the step suits, if any does; seldom one for which it may not."""
        having = [person for person in self.people if person.batons]
        suitable = [person for person in having if person.batons[-1].state in suits]
        person = (suitable or having)[whose % len(suitable or having)] if which == -1 else having[whose % len(having)]
        return person, person.batons[which if len(person.batons) >= -which else -1]

    def tried(self, refusal: Refusal, call: Callable[[], Any]) -> Any:
        """What the call answers; None when it was refused as foretold."""
        if refusal is None:
            return call()
        with pytest.raises(refusal) as refused:
            call()
        assert refused.type is refusal
        return None

    def rep(self, number: int) -> User:
        return self.world.reps[number]

    @initialize(states=st.tuples(*[st.sampled_from(("accepted", "waiting", "ready", "in_review", "none"))] * 3))
    def begin(self, states: tuple[str, str, str]) -> None:
        """Each lead has come so far already, by the steps that lead there."""
        for whose, state in enumerate(states):
            if state != "none":
                on_breach = SlaPolicy.OnBreach.values[whose]
                self.open(whose=whose, on_breach=on_breach, points=35, is_checked=state == "in_review")
            if state in ("waiting", "accepted"):
                self._pass(self.people[whose], self.people[whose].batons[-1], self.rep(0))
            if state == "accepted":
                self._accept(self.people[whose], self.people[whose].batons[-1], self.rep(0), at_once=False)

    @rule(
        whose=WHOSE,
        is_checked=st.booleans(),
        on_breach=st.sampled_from(SlaPolicy.OnBreach.values),
        points=st.integers(30, 90),
    )
    def open(self, whose: int, on_breach: str, points: int, *, is_checked: bool) -> None:
        person = self.people[whose]
        lead = Lead.objects.get(pk=person.pk)
        receipt = RECEIPT | {"total": points}
        opened = self.tried(
            person.refuses_opening(),
            transaction.atomic(  # whoever opens one gives up with it
                lambda: transitions.open_handoff(
                    lead=lead,
                    score=Score(lead=lead, criteria=self.world.criteria, total=points, is_fast_track=False),
                    receipt=receipt,
                    policy=self.world.policies[on_breach],
                    agent=SYSTEM,
                    now=self.now,
                    for_review=is_checked,
                )
            ),
        )
        if opened:
            state = "in_review" if is_checked else "ready"
            person.opened(Baton(pk=opened.pk, state=state, on_breach=on_breach))
            self.done("open for review" if is_checked else "open")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH)
    def approve(self, whose: int, which: int) -> None:
        self._approve(self.chosen(whose, which, "in_review")[1])

    def _approve(self, baton: Baton) -> None:
        call = lambda: transitions.approve(handoff_id=baton.pk, actor=self.world.marketer, now=self.now)  # noqa: E731
        if self.tried(baton.refuses("in_review"), call):
            baton.state = "ready"
            self.done("approve")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH, to=st.integers(0, 1))
    def pass_to_sales(self, whose: int, which: int, to: int) -> None:
        self._pass(*self.chosen(whose, which, "ready"), self.rep(to))

    def _pass(self, person: Person, baton: Baton, rep: User) -> None:
        given: dict[str, Any] = {"handoff_id": baton.pk, "assignee": rep, "agent": SYSTEM, "now": self.now}
        if self.tried(baton.refuses("ready"), lambda: transitions.pass_to_sales(**given)):
            person.passed(baton, to=rep.pk, respond_by=self.now + DAY)
            self.done("pass")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH, by=st.integers(0, 1), at_once=st.booleans())
    def accept(self, whose: int, which: int, by: int, *, at_once: bool) -> None:
        self._accept(*self.chosen(whose, which, "waiting"), self.rep(by), at_once=at_once)

    def _accept(self, person: Person, baton: Baton, rep: User, *, at_once: bool) -> None:
        given: dict[str, Any] = {"handoff_id": baton.pk, "actor": rep, "now": self.now}
        how = transitions.accept_and_qualify if at_once else transitions.accept
        given |= ANSWERS if at_once else {}
        if self.answered(person, baton, lambda: how(**given)):
            person.accepted(baton, by=rep.pk)
            if at_once:
                person.qualified(baton)
            self.done("accept and qualify" if at_once else "accept")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH, why=st.sampled_from(("not_icp", "wrong_owner", "bad_data")))
    def reject(self, whose: int, which: int, why: str) -> None:
        person, baton = self.chosen(whose, which, "waiting")
        given: dict[str, Any] = {"handoff_id": baton.pk, "actor": self.rep(0), "now": self.now}
        if self.answered(person, baton, lambda: transitions.reject(**given, reason=self.world.reasons[why])):
            goes_on = why == "wrong_owner" and baton.hops < 3
            self.ended(person, baton, "rejected", goes_on=goes_on)
            self.done("reject, goes on" if goes_on else "reject")

    def answered(self, person: Person, baton: Baton, call: Callable[[], Any]) -> bool:
        """An answer that comes too late is the moment in which the breach is seen."""
        was_waiting, refusal = baton.state == "waiting", baton.refuses_answer(self.now)
        answered = self.tried(refusal, call) is not None
        if not answered and was_waiting:
            self.breached(person, baton)
            self.done("answer too late")
        return answered

    def breached(self, person: Person, baton: Baton) -> None:
        self.ended(person, baton, "breached", goes_on=baton.on_breach != "nurture" and baton.hops < 3)

    def ended(self, person: Person, baton: Baton, state: str, *, goes_on: bool) -> None:
        if goes_on:
            person.went_on(baton, state, follower=Handoff.objects.get(follows=baton.pk).pk, now=self.now)
        else:
            person.returned(baton, state)

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH)
    def breach(self, whose: int, which: int) -> None:
        person, baton = self.chosen(whose, which, "waiting")
        call = lambda: transitions.breach(handoff_id=baton.pk, now=self.now)  # noqa: E731
        if self.tried(baton.refuses_breach(self.now), call):
            self.breached(person, baton)
            self.done(f"breach, {baton.on_breach}")

    @precondition(has_handoffs)
    @rule(
        whose=WHOSE, which=WHICH, how=st.sampled_from(("qualify", "disqualify", "stop contact", "recycle", "withdraw"))
    )
    def decide(self, whose: int, which: int, how: str) -> None:
        person, baton = self.chosen(whose, which, "accepted")
        refusal = baton.refuses(*OPEN) if how == "withdraw" else baton.refuses("accepted")
        if self.tried(refusal, lambda: self._decide(baton.pk, how)):
            match how:
                case "qualify":
                    person.qualified(baton)
                case "recycle":
                    person.returned(baton, "recycled")
                case "withdraw":
                    person.withdrawn(baton)
                case _:
                    person.disqualified(baton)
            self.done(how)

    def _decide(self, handoff_id: int, how: str) -> Handoff:
        given: dict[str, Any] = {"handoff_id": handoff_id, "actor": self.rep(1), "now": self.now}
        match how:
            case "qualify":
                return transitions.qualify(**given, **ANSWERS)  # type: ignore[arg-type]
            case "recycle":
                return transitions.recycle(**given, reason=self.world.reasons["bad_timing"])
            case "withdraw":
                return transitions.withdraw(**given, text="They asked us to wait.")
            case "stop contact":
                return transitions.disqualify(**given, reason=self.world.reasons["do_not_contact"])
            case _:
                return transitions.disqualify(**given, reason=self.world.reasons["no_need"])

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH, to=st.integers(0, 2), by_program=st.booleans())
    def reassign(self, whose: int, which: int, to: int, *, by_program: bool) -> None:
        _person, baton = self.chosen(whose, which, "waiting", "accepted")
        user = (*self.world.reps, self.world.manager)[to]
        is_manager = user == self.world.manager
        agent = SYSTEM if by_program else Agent(user=self.world.manager)
        given: dict[str, Any] = {"handoff_id": baton.pk, "assignee": user, "agent": agent, "now": self.now}
        refusal = baton.refuses_reassign(user.pk, by_program=by_program, to_manager=is_manager)
        if self.tried(refusal, lambda: transitions.reassign(**given, to_manager=is_manager)):
            baton.holder = user.pk
            baton.hops = min(baton.hops + 1, 3) if by_program else baton.hops
            self.done("reassign by a program" if by_program else "reassign")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH, hours=st.integers(-1, 48))
    def move_deadline(self, whose: int, which: int, hours: int) -> None:
        _person, baton = self.chosen(whose, which, "waiting")
        due = self.now + timedelta(hours=hours)
        given: dict[str, Any] = {"actor": self.world.manager, "text": "Snow.", "now": self.now}
        moved = Deadlines(due - timedelta(minutes=2), due - timedelta(minutes=1), due)
        refusal = baton.refuses_another_deadline(due, self.now)
        if self.tried(refusal, lambda: clocks.move_deadline(handoff_id=baton.pk, due=moved, **given)):
            baton.respond_by = due
            self.done("move deadline")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH, to=st.integers(0, 1))
    def take_back(self, whose: int, which: int, to: int) -> None:
        person, baton = self.chosen(whose, which, *RETURNED)
        given: dict[str, Any] = {"handoff_id": baton.pk, "actor": self.world.manager, "now": self.now}
        follower = self.tried(
            person.refuses_taking_back(baton), lambda: transitions.take_back(**given, assignee=self.rep(to))
        )
        if follower:
            person.taken_back(baton, follower=follower.pk, to=self.rep(to).pk, respond_by=self.now + DAY)
            self.done("take back")

    @precondition(has_handoffs)
    @rule(whose=WHOSE, which=WHICH)
    def log_a_contact(self, whose: int, which: int) -> None:
        _person, baton = self.chosen(whose, which, "accepted", "qualified")
        given: dict[str, Any] = {"handoff_id": baton.pk, "actor": self.rep(0), "at": self.now, "now": self.now}
        if self.tried(baton.refuses_contact(), lambda: contacts.log(**given, way="call", outcome="talked")):
            baton.is_contacted = True
            self.done("log a contact")

    @rule(whose=WHOSE, step=st.sampled_from(("accept", "accept", "approve or pass")))
    def usually(self, whose: int, step: str) -> None:
        """What mostly comes next, so that lives get far enough for the rest to matter."""
        person = self.people[whose]
        if person.open is None:
            self.open(whose=whose, on_breach=SlaPolicy.OnBreach.values[whose], points=35, is_checked=step != "accept")
            return
        match person.open.state:
            case "in_review":
                self._approve(person.open)
            case "ready":
                self._pass(person, person.open, self.rep(whose % 2))
            case "waiting" if step == "accept":
                self._accept(person, person.open, self.rep(0), at_once=False)
            case _:
                self.now += DAY / 6

    @rule(whose=WHOSE, what=st.sampled_from(("deal", "bought", "lost")), luck=st.integers(0, 3))
    def close_with_lead(self, whose: int, what: str, luck: int) -> None:
        """A deal is only half of an end; the ends are seldom, since little comes after them."""
        person = self.people[whose]
        if what != "deal" and not person.has_deal and luck:
            return
        become, then = {
            "deal": (leads.become_opportunity, person.got_a_deal),
            "bought": (leads.become_customer, person.bought),
            "lost": (leads.become_lost, person.was_lost),
        }[what]
        with transaction.atomic():
            become(leads.locked([person.pk]).get(), agent=SYSTEM, at=self.now, now=self.now)
        then()
        self.done(what)

    @rule(hours=st.sampled_from((1, 12, 23, 24, 25, 72)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def has_work_for_sweepers(self) -> bool:
        latest = [person.batons[-1] for person in self.people if person.batons]
        return any(baton.state == "ready" or (baton.state == "waiting" and baton.is_due(self.now)) for baton in latest)

    @precondition(has_work_for_sweepers)
    @rule()
    def sweep(self) -> None:
        """What nobody answered is returned, then what is ready is passed to whom the routing chooses."""
        due = [
            (person, baton)
            for person in self.people
            for baton in person.batons
            if baton.state == "waiting" and baton.is_due(self.now)
        ]
        assert sla.breach_overdue(now=self.now) == len(due)
        for person, baton in due:
            self.breached(person, baton)
        ready_leads.pass_ready(now=self.now)
        ready = [(person, person.open) for person in self.people if person.open and person.open.state == "ready"]
        for person, baton in ready:
            row = Handoff.objects.get(pk=baton.pk)
            if row.state == "waiting":
                assert row.assignee_id is not None
                person.passed(baton, to=row.assignee_id, respond_by=self.now + DAY)
            elif baton.looked_since and baton.looked_since <= self.now - DAY:  # nobody was found for a day
                person.withdrawn(baton)
        self.done("sweep")

    def done(self, what: str) -> None:
        self.steps[what] += 1

    @invariant()
    def the_rows_are_as_the_model(self) -> None:
        self.agreement.check(self.people)
        self.steps["steps"] += 1
        self.now += SECOND
