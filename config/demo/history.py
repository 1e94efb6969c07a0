"""Lives through the months: everything happens through the domain's own functions, each at its own moment."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Final

from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.models import User
from config.demo import progress
from config.demo.behaviour import Behaviour
from config.demo.content import publish
from config.demo.made import Made
from config.demo.prospects import Cast, Person
from config.demo.rhythm import arrivals, days_later, intake_moments
from config.demo.sales import Action, Case, Sales
from config.demo.team import MARKETER, hire, plan_a_holiday, share_out
from config.demo.wanted import want
from handoff.deadlines import sla
from handoff.models import Handoff, State
from handoff.promotion import promotions, ready_leads
from leads.events import Agent
from leads.inputs import ActivityInput
from leads.intake import Refusal, take_activities
from leads.lifecycle import NotPossible
from leads.models import Lead, Status
from lib.compiled_queries import CompiledQuery, GivenMoment
from scoring.criteria.careful import propose_careful
from scoring.engine.batches import drain, request_due
from scoring.score_change import let_go_of_old_steps

WEBSITE: Final = Agent(name="Website")
SOURCE: Final = "demo"
CHUNK: Final = 1000
FRESH: Final = timedelta(hours=23)  # what was passed so shortly before the end mostly still waits
WAITING_FOR_FIRST_REP: Final = 3


PASSED_SINCE: Final = Q(passed_at__gt=GivenMoment("since"), state=State.WAITING)
STATES: Final = CompiledQuery(
    lambda: Handoff.objects.filter(PASSED_SINCE | Q(state=State.READY)).order_by().values_list("state", flat=True)
)
PASSED: Final = CompiledQuery(lambda: Handoff.objects.filter(PASSED_SINCE).select_related("lead").order_by("pk"))


class History:
    """From `start` to `end` in steps: what reps do meanwhile, what came in, scores, promotions, the desks."""

    def __init__(
        self,
        rng: Random,
        *,
        leads: int,
        start: datetime,
        end: datetime,
        tell: Callable[[str], None],
        made: Made,
        may_sign_in: bool = True,
    ) -> None:
        self._rng, self._start, self._end, self._tell, self._made = rng, start, end, tell, made
        self._styles = hire(joined_at=start, may_sign_in=may_sign_in)
        self._reps = User.objects.in_bulk(self._styles)
        share_out(made=made)
        want(made=made)
        content = publish(rng, first=start.date(), last=end.date(), made=made)
        self._behaviour = Behaviour(rng, content)
        self._sales = Sales(rng, plan=self._plan, came_back=self._returned)
        cast = Cast(rng, people=leads)
        born = arrivals(rng, count=leads, start=start, end=end)
        self._people = [(at, cast.next(number)) for number, at in enumerate(born, start=1)]
        self._by_email = {person.email: person for _at, person in self._people}
        self._diary: list[tuple[datetime, int, Action]] = []
        self._ahead: list[tuple[datetime, int, int, ActivityInput]] = []
        self._entries = 0
        self._desks_seen_at = start
        self._percent = 0

    def live(self) -> None:
        """All of it."""
        for at, person in self._people:
            self._will_do(person, self._behaviour.journey(person, at))
        month = None
        for moment in intake_moments(self._rng, start=self._start, end=self._end):
            if (moment.year, moment.month) != month:
                month = (moment.year, moment.month)
                self._tell(f"{moment:%B %Y}: {Lead.objects.count():,} leads")
            self._work_until(moment)
            if moment > self._end - FRESH:
                self._bring_decisions(moment)
            self._take_in(moment)
            self._tell_how_far(moment)
        self._work_until(self._end)
        while let_go_of_old_steps(now=self._end):
            pass
        plan_a_holiday(after=self._end)
        careful = propose_careful(actor=User.objects.get(email=MARKETER), now=self._end)
        self._made.add([careful] if careful else [])

    def _tell_how_far(self, moment: datetime) -> None:
        """The last percent is the end of the transaction."""
        percent = min(int((moment - self._start) / (self._end - self._start) * progress.LOADED), progress.LOADED - 1)
        if percent > self._percent:
            self._percent = percent
            progress.tell(percent)

    def _take_in(self, now: datetime) -> None:
        """What happened until now, then everything that follows from it."""
        done = []
        while self._ahead and self._ahead[0][0] <= now:
            _at, _entry, chapter, activity = heappop(self._ahead)
            if chapter == self._by_email[activity.lead.email].chapter:
                done.append(activity)
        for first in range(0, len(done), CHUNK):
            results = take_activities(done[first : first + CHUNK], agent=WEBSITE, source=SOURCE, now=now)
            for result in results:
                if isinstance(result, Refusal):
                    raise result
        if now.weekday() in (0, 3) and now.hour < 13:
            request_due(now=now)
            promotions.request_missed(now=now)
            promotions.promote_requested(now=now)  # who rested comes before whoever qualifies now
            sla.breach_overdue(now=now)
        while drain(now=now, limit=CHUNK) == CHUNK:
            pass
        promotions.promote_requested(now=now)
        states = set(STATES.rows(since=self._desks_seen_at))
        if State.READY in states:
            ready_leads.pass_ready(now=now)
        if states:
            self._put_on_desks(now)
        self._desks_seen_at = now

    def _put_on_desks(self, now: datetime) -> None:
        """Every handoff that was passed since the last time is planned by the rep who has it."""
        for handoff in PASSED.rows(since=self._desks_seen_at):
            if case := self._case(handoff):
                lingers = now > self._end - FRESH and self._rng.random() < 0.8
                self._sales.receive(case, lingers=lingers)

    def _case(self, handoff: Handoff) -> Case | None:
        """None when lead or rep are not of this story (they were here before)."""
        person, rep = self._by_email.get(handoff.lead.email), self._reps.get(handoff.assignee_id or 0)
        if person is None or rep is None or handoff.passed_at is None or handoff.respond_by is None:
            return None
        style = self._styles[rep.pk]
        return Case(handoff.pk, handoff.lead_id, person, rep, style, handoff.passed_at, handoff.respond_by)

    def _work_until(self, moment: datetime) -> None:
        """What the diary says, each entry at its own moment."""
        while self._diary and self._diary[0][0] <= moment:
            at, _entry, action = heappop(self._diary)
            with suppress(NotPossible):  # the lead has moved on meanwhile
                action(at)

    def _bring_decisions(self, moment: datetime) -> None:
        """Before the end some who were warm decide, so that there is something to do for whoever looks."""
        hours_left = (self._end - moment) / timedelta(hours=1)
        wanted = max(10, len(self._people) // 220)
        due = round(wanted * (1 - hours_left / 25))
        waiting = Handoff.objects.filter(state=State.WAITING)
        missing = due - waiting.count()
        if hours_left < 6:
            mine = waiting.filter(assignee__email="rep@demo.example").count()
            # Routing shares them out among four.
            missing = max(missing, (4 if moment == self._end else 1) * (WAITING_FOR_FIRST_REP - mine))
        for person, total in self._warm(max(0, missing)):
            at = moment - timedelta(minutes=self._rng.randint(8, 40))
            certain = total < 20 or moment == self._end
            self._will_do(person, self._behaviour.decision(person, at, certain=certain))

    def _warm(self, count: int) -> Sequence[tuple[Person, int]]:
        """Those with the best scores of whom sales knows nothing yet, seen lately first; and their scores."""
        known = Lead.objects.filter(status=Status.NEW, score__is_blocked=False, email__among=self._by_email)
        seen_lately = Q(last_touch__at__gt=self._end - timedelta(days=60))
        best = known.order_by(ExpressionWrapper(seen_lately, BooleanField()).desc(), "-score__total", "pk")
        warmest = best.values_list("email", "score__total")[: 20 * count]
        people = [(self._by_email[email], total) for email, total in warmest]
        return [(person, total) for person, total in people if person.persona.worth >= 0.3][:count]

    def _returned(self, person: Person, at: datetime, rest_days: int) -> None:
        """Back in nurture: most lose interest, some come again when the rest is over."""
        if self._rng.random() < 0.7:
            person.chapter += 1
        chance = 0.05 if person.persona.worth < 0.3 else 0.2 if rest_days else 0.4
        if rest_days <= 90 and self._rng.random() < chance:
            again = days_later(self._rng, at + timedelta(days=rest_days), self._rng.uniform(2, 25))
            self._will_do(person, self._behaviour.comeback(person, again))

    def _plan(self, at: datetime, action: Action) -> None:
        self._entries += 1
        heappush(self._diary, (at, self._entries, action))

    def _will_do(self, person: Person, activities: Sequence[ActivityInput]) -> None:
        for activity in activities:
            if activity.occurred_at <= self._end:
                self._entries += 1
                heappush(self._ahead, (activity.occurred_at, self._entries, person.chapter, activity))
