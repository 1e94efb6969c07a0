"""Who is told what of a handoff: each function freezes the facts in the transaction that makes the news."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from handoff import news_kinds
from handoff.models import Handoff, Hold
from handoff.news_facts import GIVEN_AWAY, ClockHeld, GivenAway, MergedAway, facts_of, subject_of
from outbox.enqueue import Subject, enqueue
from outbox.kinds import NewsKind


def enqueue_passed(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that a lead waits."""
    enqueue_about(news_kinds.PASSED, handoff, _rep_of(handoff), now=now)


def enqueue_reassigned(handoff: Handoff, *, now: datetime) -> None:
    """The rep who has the lead from now on is told, each time it happens."""
    enqueue_about(news_kinds.REASSIGNED, handoff, _rep_of(handoff), key=_each_time(handoff, now), now=now)


def enqueue_given_away(handoff: Handoff, *, before: User, by: User, now: datetime) -> None:
    """Who had the lead until somebody else gave it away is told; by its company, for they may not see it any more."""
    facts: GivenAway = {"by": str(by), "to": str(handoff.assignee), "company": str(handoff.lead.company or "")}
    subject = Subject(key=f"{GIVEN_AWAY}{handoff.public_id}", path=reverse("handoff:queue"))
    enqueue(news_kinds.GIVEN_AWAY, subject, facts, key=_each_time(handoff, now), recipients=[before], now=now)


def enqueue_merged_away(handoff: Handoff, *, now: datetime) -> None:
    """Who had the lead is told that it is one with a lead that somebody else has, or that has bought."""
    facts: MergedAway = {"company": str(handoff.lead.company or "")}
    subject = Subject(key=f"{GIVEN_AWAY}{handoff.public_id}", path=reverse("handoff:queue"))
    enqueue(news_kinds.MERGED_AWAY, subject, facts, key=str(handoff.pk), recipients=_rep_of(handoff), now=now)


def enqueue_deadline_moved(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that there is another deadline, each time it is moved."""
    enqueue_about(news_kinds.DEADLINE_MOVED, handoff, _rep_of(handoff), key=_each_time(handoff, now), now=now)


def enqueue_half_time(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that half of the time to answer is over."""
    enqueue_about(news_kinds.HALF_TIME, handoff, _rep_of(handoff), now=now)


def enqueue_nearly_late(handoff: Handoff, *, now: datetime) -> None:
    """The rep and the managers are told that nine tenths of the time to answer are over."""
    enqueue_about(news_kinds.NEARLY_LATE, handoff, [*_rep_of(handoff), *_managers()], now=now)


def enqueue_breached(handoff: Handoff, *, now: datetime) -> None:
    """The managers are told that nobody answered; where there is none, the administrators."""
    enqueue_about(news_kinds.BREACHED, handoff, _managers(), now=now)


def enqueue_returned(handoff: Handoff, *, now: datetime) -> None:
    """Marketing is told that sales sent a lead back."""
    enqueue_about(news_kinds.RETURNED, handoff, User.objects.in_role(MARKETING), now=now)


def enqueue_to_review(handoff: Handoff, *, now: datetime) -> None:
    """Marketing is told that a lead is to be checked."""
    enqueue_about(news_kinds.TO_REVIEW, handoff, User.objects.in_role(MARKETING), now=now)


def enqueue_clock_held(hold: Hold, *, now: datetime) -> None:
    """Managers and administrators are told that deadlines are not enforced."""
    facts: ClockHeld = {"due": hold.due, "waiting": hold.waiting}
    subject = Subject(key=f"hold:{hold.pk}", path=reverse("handoff:hold"))
    people = User.objects.in_role(SALES_MANAGER, ADMINISTRATOR)
    enqueue(news_kinds.CLOCK_HELD, subject, facts, key=str(hold.pk), recipients=people, now=now)


def enqueue_about(
    kind: NewsKind, handoff: Handoff, recipients: Iterable[User], *, key: str = "", now: datetime
) -> None:
    """Tells these people about a handoff; `key` names the news where one handoff can make it more than once."""
    key = key or str(handoff.pk)
    enqueue(kind, subject_of(handoff), facts_of(handoff), key=key, recipients=recipients, now=now)


def _each_time(handoff: Handoff, now: datetime) -> str:
    return f"{handoff.pk}@{int(now.timestamp())}"


def _rep_of(handoff: Handoff) -> list[User]:
    return [handoff.assignee] if handoff.assignee else []


def _managers() -> list[User]:
    return list(User.objects.in_role(SALES_MANAGER)) or list(User.objects.in_role(ADMINISTRATOR))
