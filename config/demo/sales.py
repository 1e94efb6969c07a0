"""What reps do with a handoff: answer, talk, decide, and close the deal, or not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import log
from random import Random
from typing import Final

from django.db import transaction

from accounts.models import User
from config.demo.prospects import Person
from config.demo.rhythm import after_work, days_later
from config.demo.team import Style
from handoff.deadlines import sla
from handoff.lifecycle import transitions
from handoff.models import Reason
from leads import deals
from leads import lifecycle as leads
from leads.deals import Closing
from leads.events import Agent
from leads.models import Lead

Action = Callable[[datetime], None]

REJECTIONS: Final = (("not_engaged", 34), ("not_icp", 22), ("bad_data", 12), ("wrong_owner", 8), ("in_progress", 8),
                     ("duplicate", 6), ("reject_other", 10))  # fmt: skip
RECYCLINGS: Final = (("bad_timing", 32), ("not_ready", 24), ("unreachable", 20), ("no_budget", 14),
                     ("missing_deciders", 8), ("recycle_other", 2))  # fmt: skip
DISQUALIFICATIONS: Final = (("no_need", 40), ("no_fit", 18), ("no_authority", 12), ("chose_competitor", 24),
                            ("do_not_contact", 6))  # fmt: skip
STRANGERS: Final = ("student", "competitor", "job seeker")
# What a rep adds to a reason; reasons that need words have some.
WORDS: Final = {
    "reject_other": (
        "Belongs to a customer of ours; their account manager calls.",
        "Came in by mistake, says the trade fair team.",
    ),
    "not_engaged": ("One white paper is no interest.", "Opened everything on one afternoon and was never seen again."),
    "not_icp": ("Wanted a template for a course.", "Far too small for what we do."),
    "bad_data": ("The number belongs to somebody else.",),
    "no_fit": ("Needs an invoicing tool, not this.", "Everything has to run on their own machines."),
    "chose_competitor": ("Signed elsewhere two weeks ago.",),
    "bad_timing": ("Asked us to call again after the reorganisation.", "The tool they have runs until next year."),
    "no_budget": ("Money comes with the next budget round.",),
    "recycle_other": ("On parental leave until further notice.",),
}
TIMELINES: Final = ("This quarter", "Within three months", "By the end of the year", "As soon as procurement agrees")
BUDGETS: Final = (
    "Approved",
    "Between 20,000 and 40,000 a year",
    "Part of the replacement of the old system",
    "To be asked for",
)
PROBLEMS: Final = (
    "Sales ignores half of what marketing sends.",
    "Nobody knows what became of the leads of the trade fair.",
    "Leads wait for days before anybody calls.",
    "Two teams count two different numbers.",
)
INVOLVED: Final = ("The head of sales", "Finance and IT", "The managing director", "Nobody else")


@dataclass(frozen=True, slots=True)
class Case:
    """A handoff on a rep's desk."""

    handoff_id: int
    lead_id: int
    person: Person
    rep: User
    style: Style
    passed_at: datetime
    respond_by: datetime


class Sales:
    """The reps. `plan(at, action)` puts something into the diary; `came_back(person, at)` says who was returned."""

    def __init__(
        self,
        rng: Random,
        *,
        plan: Callable[[datetime, Action], None],
        came_back: Callable[[Person, datetime, int], None],
    ) -> None:
        self._rng, self._plan, self._came_back = rng, plan, came_back
        self._reasons = {reason.key: reason for reason in Reason.objects.all()}

    def receive(self, case: Case, *, lingers: bool) -> None:
        """A lead is on the desk: when and how will it be answered? `lingers`: not soon."""
        rng, style = self._rng, case.style
        hours = rng.lognormvariate(log(style.hours), 0.7)
        answer_at = after_work(case.passed_at, hours, weekends=style.weekends)
        if lingers or rng.random() < style.forgets:
            answer_at = case.respond_by
        if answer_at >= case.respond_by:
            self._plan(case.respond_by + timedelta(seconds=rng.randint(1, 29)), lambda now: self._sweep(case, now))
        elif rng.random() < case.person.persona.worth:
            self._plan(answer_at, lambda now: self._accept(case, now))
        else:
            self._plan(answer_at, lambda now: self._reject(case, now))

    def _sweep(self, case: Case, now: datetime) -> None:
        sla.breach_overdue(now=now)
        self._came_back(case.person, now, 0)

    def _accept(self, case: Case, now: datetime) -> None:
        transitions.accept(handoff_id=case.handoff_id, actor=case.rep, now=now)
        rng, persona = self._rng, case.person.persona
        days = rng.lognormvariate(log(9), 0.6)
        conclude_at = self._later(case, now, days)
        if rng.random() < persona.need:
            self._plan(conclude_at, lambda then: self._qualify(case, then))
        elif persona.key not in STRANGERS and rng.random() < 0.62:
            self._plan(conclude_at, lambda then: self._recycle(case, then))
        else:
            self._plan(conclude_at, lambda then: self._disqualify(case, then))

    def _reject(self, case: Case, now: datetime) -> None:
        reason = self._reason(REJECTIONS)
        if case.person.persona.key in STRANGERS:
            reason = self._reasons["not_icp"]
        transitions.reject(handoff_id=case.handoff_id, actor=case.rep, reason=reason, text=self._words(reason), now=now)
        if reason.next_step != Reason.NextStep.REROUTE:  # that one goes on to another rep
            self._came_back(case.person, now, reason.rest_days)

    def _recycle(self, case: Case, now: datetime) -> None:
        reason = self._reason(RECYCLINGS)
        transitions.recycle(
            handoff_id=case.handoff_id, actor=case.rep, reason=reason, text=self._words(reason), now=now
        )
        self._came_back(case.person, now, reason.rest_days)

    def _disqualify(self, case: Case, now: datetime) -> None:
        is_stranger = case.person.persona.key in STRANGERS
        reason = self._reasons["not_a_buyer"] if is_stranger else self._reason(DISQUALIFICATIONS)
        transitions.disqualify(
            handoff_id=case.handoff_id, actor=case.rep, reason=reason, text=self._words(reason), now=now
        )

    def _qualify(self, case: Case, now: datetime) -> None:
        rng = self._rng
        transitions.qualify(
            handoff_id=case.handoff_id,
            actor=case.rep,
            timeline=rng.choice(TIMELINES),
            budget=rng.choice(BUDGETS),
            problem=rng.choice(PROBLEMS),
            involved=rng.choice(INVOLVED),
            now=now,
        )
        if rng.random() < 0.6 * case.person.promise:
            self._plan(self._later(case, now, rng.uniform(3, 18)), lambda then: self._offer(case, then))
        elif rng.random() < 0.7:
            self._plan(self._later(case, now, rng.uniform(15, 70)), lambda then: self._lose(case, then))

    def _offer(self, case: Case, now: datetime) -> None:
        with transaction.atomic():
            leads.become_opportunity(self._lead(case), agent=Agent(user=case.rep), at=now, now=now)
        rng = self._rng
        if rng.random() < 0.38 * case.person.promise:
            self._plan(self._later(case, now, rng.lognormvariate(log(30), 0.5)), lambda then: self._win(case, then))
        elif rng.random() < 0.85:
            self._plan(self._later(case, now, rng.uniform(15, 90)), lambda then: self._lose(case, then))

    def _win(self, case: Case, now: datetime) -> None:
        amount = Decimal(
            round(self._rng.lognormvariate(log(1100), 0.45) * case.person.firm.employees**0.55 / 100) * 100
        )
        with transaction.atomic():
            closing = Closing(is_won=True, at=now, amount=max(amount, Decimal(1500)))
            deals.close(self._lead(case), closing, agent=Agent(user=case.rep), now=now)

    def _lose(self, case: Case, now: datetime) -> None:
        with transaction.atomic():
            deals.close(self._lead(case), Closing(is_won=False, at=now), agent=Agent(user=case.rep), now=now)

    def _later(self, case: Case, moment: datetime, days: float) -> datetime:
        """Some days later, when the rep is at work."""
        return after_work(days_later(self._rng, moment, days), 0.1, weekends=case.style.weekends)

    def _lead(self, case: Case) -> Lead:
        return leads.locked([case.lead_id]).get()

    def _reason(self, table: tuple[tuple[str, int], ...]) -> Reason:
        return self._reasons[self._rng.choices([key for key, _share in table], [share for _key, share in table])[0]]

    def _words(self, reason: Reason) -> str:
        words = WORDS.get(reason.key, ())
        return self._rng.choice(words) if words and (reason.needs_text or self._rng.random() < 0.5) else ""
