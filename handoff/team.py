"""How the people who take leads stand: who is in, what each holds, and how each answered lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypedDict, cast

from django.db.models import Count, Q

from accounts.models import User
from handoff.deadlines.answer_times import median_answer_time
from handoff.models import Absence, Handoff, State
from handoff.routing.availability import RepAvailability, availability_of_reps

LATELY: Final = timedelta(days=30)
HELD: Final = (State.WAITING, State.ACCEPTED)


class Tally(TypedDict, total=False):
    """What is open with one person and what they decided lately; none of it for who holds and decided nothing."""

    assignee: int
    waiting: int
    working: int
    overdue: int
    breached: int
    accepted: int
    rejected: int
    answer_time: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person. `availability` is None for who holds leads and takes none: a manager, or somebody who has left.

    Of the last 30 days: `breached` were not answered in time, `accepted` and `rejected` were answered, each counted
    for who holds the lead now or held it last; `answer_time` is the median from being passed to the answer.
    """

    user: User
    availability: RepAvailability | None
    absence: Absence | None  # the next one to come
    waiting: int
    working: int
    overdue: int
    breached: int
    accepted: int
    rejected: int
    answer_time: timedelta | None
    next_due: Handoff | None

    @property
    def open(self) -> int:
        return self.waiting + self.working

    @property
    def acceptance(self) -> float | None:
        """accepted / (accepted + rejected + not answered in time); None when there was none of them."""
        decided = self.accepted + self.rejected + self.breached
        return self.accepted / decided if decided else None


def team(*, now: datetime) -> list[Member]:
    """Everybody who takes leads, and everybody else who holds one, by name."""
    availabilities = {availability.user.pk: availability for availability in availability_of_reps(now=now)}
    tallies: dict[int, Tally] = {tally["assignee"]: tally for tally in _tallies(now=now)}
    others = User.objects.filter(pk__in=[pk for pk in tallies if pk not in availabilities and _holds(tallies[pk])])
    people = [*(availability.user for availability in availabilities.values()), *others]
    absences, dues = _absences(now=now), _next_dues()
    members = [
        _member(user, availabilities.get(user.pk), tallies.get(user.pk, {}), absences.get(user.pk), dues.get(user.pk))
        for user in people
    ]
    return sorted(members, key=lambda member: (str(member.user).casefold(), member.user.pk))


def own(user: User, *, now: datetime) -> Member:
    """One person alone, without whether they are in: what they hold, and how they answered lately."""
    tallies = list(_tallies(now=now, of=Q(assignee=user)))
    return _member(user, None, tallies[0] if tallies else {}, None, _next_dues(of=Q(assignee=user)).get(user.pk))


def _member(
    user: User,
    availability: RepAvailability | None,
    tally: Tally,
    absence: Absence | None,
    due: Handoff | None,
) -> Member:
    return Member(
        user=user,
        availability=availability,
        absence=absence,
        waiting=tally.get("waiting", 0),
        working=tally.get("working", 0),
        overdue=tally.get("overdue", 0),
        breached=tally.get("breached", 0),
        accepted=tally.get("accepted", 0),
        rejected=tally.get("rejected", 0),
        answer_time=tally.get("answer_time"),
        next_due=due,
    )


def _holds(tally: Tally) -> bool:
    return bool(tally["waiting"] or tally["working"])


def _tallies(*, now: datetime, of: Q | None = None) -> Iterable[Tally]:
    """One statement over what is open and what was decided lately, by everybody or by some."""
    since = now - LATELY
    answered, breached = Q(first_responded_at__gte=since), Q(state=State.BREACHED, breached_at__gte=since)
    rows = Handoff.objects.filter(of or Q(), Q(state__in=HELD) | answered | breached, assignee__isnull=False)
    tallies = (
        rows.order_by()
        .values("assignee")
        .annotate(
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            working=Count("pk", filter=Q(state=State.ACCEPTED)),
            overdue=Count("pk", filter=Q(state=State.WAITING, respond_by__lte=now)),
            breached=Count("pk", filter=breached),
            accepted=Count("pk", filter=Q(accepted_at__gte=since)),
            rejected=Count("pk", filter=Q(state=State.REJECTED) & answered),
            answer_time=median_answer_time(answered),
        )
    )
    return cast("Iterable[Tally]", tallies)


def _absences(*, now: datetime) -> dict[int, Absence]:
    """The next one of each rep."""
    coming = Absence.objects.filter(starts_at__gt=now).order_by("rep_id", "starts_at", "pk").distinct("rep_id")
    return {absence.rep_id: absence for absence in coming}


def _next_dues(*, of: Q | None = None) -> dict[int | None, Handoff]:
    """The first deadline of each person, or of some."""
    waiting = Handoff.objects.filter(of or Q(), state=State.WAITING)
    first = waiting.order_by("assignee_id", "respond_by", "pk").distinct("assignee_id")
    return {handoff.assignee_id: handoff for handoff in first.defer("receipt")}
