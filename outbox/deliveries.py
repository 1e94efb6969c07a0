"""Writes down who has to be told what, and where: the bell, mail, chat. Sending is sending.py's business."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from handoff.models import Handoff
from lib.hints import send_hint
from outbox.models import ChatWebhook, Delivery, News, Notice, NoticeChoice

AS_EVERYBODY = NoticeChoice()  # who has chosen nothing: everything on


def owe_passed(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that a lead waits."""
    owe(handoff, News.PASSED, _rep_of(handoff), now=now)


def owe_reassigned(handoff: Handoff, *, now: datetime) -> None:
    """The rep who has the lead from now on is told, each time it happens."""
    owe(handoff, News.REASSIGNED, _rep_of(handoff), key=f"{handoff.pk}@{int(now.timestamp())}", now=now)


def owe_given_away(handoff: Handoff, *, before: User, by: User, now: datetime) -> None:
    """Who had the lead until somebody else gave it away is told; by its company, for they may not see it any more."""
    about = {
        "by": str(by),
        "to": str(handoff.assignee),
        "company": str(handoff.lead.company or ""),
        "path": reverse("handoff:queue"),
    }
    key = f"{handoff.pk}@{int(now.timestamp())}"
    owe_about(News.GIVEN_AWAY, about, key=key, recipients=[before], now=now)


def owe_moved(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that there is another deadline, each time it is moved."""
    owe(handoff, News.DEADLINE_MOVED, _rep_of(handoff), key=f"{handoff.pk}@{int(now.timestamp())}", now=now)


def owe_half_time(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that half of the time to answer is over."""
    owe(handoff, News.HALF_TIME, _rep_of(handoff), now=now)


def owe_nearly_late(handoff: Handoff, *, now: datetime) -> None:
    """The rep and the managers are told that nine tenths of the time to answer are over."""
    owe(handoff, News.NEARLY_LATE, [*_rep_of(handoff), *_managers()], now=now)


def owe_breached(handoff: Handoff, *, now: datetime) -> None:
    """The managers are told that nobody answered; where there is none, the administrators."""
    owe(handoff, News.BREACHED, _managers(), now=now)


def owe_returned(handoff: Handoff, *, now: datetime) -> None:
    """Marketing is told that sales sent a lead back."""
    owe(handoff, News.RETURNED, User.objects.in_role(MARKETING), now=now)


def owe_review_of(handoff: Handoff, *, now: datetime) -> None:
    """Marketing is told that a lead is to be checked."""
    owe(handoff, News.TO_REVIEW, User.objects.in_role(MARKETING), now=now)


def owe_review(*, version: int, due_on: date, path: str, key: str, recipients: Iterable[User], now: datetime) -> None:
    """Marketing and sales are told that the criteria are to be reviewed; `key` names this review, `path` its page."""
    about = {"version": version, "due_on": due_on.isoformat(), "path": path}
    owe_about(News.REVIEW_DUE, about, key=key, recipients=recipients, now=now)


def owe_criteria(
    kind: News, *, pk: int, version: int, path: str, by: User, recipients: Iterable[User], now: datetime
) -> None:
    """These people, but for who did it, are told what became of a version; `pk` names it, `path` is its page."""
    about = {"version": version, "by": str(by), "path": path}
    people = [person for person in recipients if person != by]
    owe_about(kind, about, key=f"{pk}@{int(now.timestamp())}", recipients=people, now=now)


def owe_held(*, due: int, waiting: int, path: str, key: str, now: datetime) -> None:
    """Managers and administrators are told that deadlines are not enforced; `key` names the hold, `path` its page."""
    about = {"due": due, "waiting": waiting, "path": path}
    people = User.objects.in_role(SALES_MANAGER, ADMINISTRATOR)
    owe_about(News.CLOCK_HELD, about, key=key, recipients=people, now=now)


def owe_paused(webhook: ChatWebhook, *, path: str, now: datetime) -> None:
    """Whose chat it is, or the administrators for a team's, are told that nothing is sent there any more."""
    people = [webhook.owner] if webhook.owner else list(User.objects.in_role(ADMINISTRATOR))
    about = {"name": webhook.name, "why": webhook.last_error, "path": path}
    owe_about(News.CHAT_PAUSED, about, key=f"{webhook.pk}@{int(now.timestamp())}", recipients=people, now=now)


def owe(handoff: Handoff, kind: News, recipients: Iterable[User], *, now: datetime, key: str = "") -> None:
    """Tells these people about a handoff, in the transaction that makes the news; saying it twice tells it once.

    `key` names the news where one handoff can make it more than once.
    """
    _write({"handoff": handoff}, kind, key or str(handoff.pk), recipients, now=now)


def owe_about(kind: News, about: Mapping[str, Any], *, key: str, recipients: Iterable[User], now: datetime) -> None:
    """Tells these people what is about no handoff. `about` holds what its sentence needs, and `path`, its page."""
    _write({"about": dict(about)}, kind, key, recipients, now=now)


def _write(subject: Mapping[str, Any], kind: News, key: str, recipients: Iterable[User], *, now: datetime) -> None:
    """Notices, mails and chat messages as each person chose, and one for each team's channel that wants the kind.

    So many statements for one person as for a thousand.
    """
    people = list(recipients)
    chosen = {choice.user_id: choice for choice in NoticeChoice.objects.filter(kind=kind, user__in=people)}

    def wants(person: User) -> NoticeChoice:
        return chosen.get(person.pk, AS_EVERYBODY)

    told = {"kind": kind, "created_at": now, **subject}
    notices = [
        Notice(recipient=person, dedupe_key=f"{kind}:{key}:{person.pk}", **told)
        for person in people
        if wants(person).by_bell
    ]
    mails = [
        Delivery(recipient=person, dedupe_key=f"{kind}:{key}:{person.pk}", next_try_at=now, **told)
        for person in people
        if wants(person).by_mail
    ]
    chats = [
        Delivery(
            recipient=webhook.owner,
            webhook=webhook,
            dedupe_key=f"{kind}:{key}:{webhook.owner_id or 'team'}:{webhook.pk}",
            next_try_at=now,
            **told,
        )
        for webhook in _webhooks(people, kind)
        if webhook.owner is None or wants(webhook.owner).by_chat
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    Delivery.objects.bulk_create(mails + chats, ignore_conflicts=True)
    if mails:
        transaction.on_commit(hint, robust=True)
    if chats:
        transaction.on_commit(hint_chat, robust=True)


def _webhooks(people: list[User], kind: News) -> Iterable[ChatWebhook]:
    wanted = Q(owner__in=people) | Q(owner=None, kinds__contains=[kind])
    return ChatWebhook.objects.filter(wanted, is_active=True).select_related("owner")


def _rep_of(handoff: Handoff) -> list[User]:
    return [handoff.assignee] if handoff.assignee else []


def _managers() -> list[User]:
    return list(User.objects.in_role(SALES_MANAGER)) or list(User.objects.in_role(ADMINISTRATOR))


def hint() -> None:
    """Tells the worker that there is mail; a hint that is lost costs one sweep."""
    send_hint("outbox.tasks.send_deliveries")


def hint_chat() -> None:
    """Tells the worker that there are messages for a chat."""
    send_hint("outbox.tasks.send_to_chat")


def hint_pass() -> None:
    """Tells the worker that there is a lead to be passed, once this transaction is through."""
    transaction.on_commit(lambda: send_hint("handoff.tasks.pass_ready"), robust=True)


@transaction.atomic
def send_again(chosen: QuerySet[Delivery], *, now: datetime) -> int:
    """Starts over, each message under its old Message-ID; one being sent right now is left alone.

    So is one that a digest which has not gone out yet will tell.
    """
    told_soon = Q(state=Delivery.State.GATHERED, gathered_in__state=Delivery.State.PENDING)
    count = (
        _idle(chosen, now=now)
        .exclude(told_soon)
        .update(
            state=Delivery.State.PENDING,
            # One attempt on a digest: it has gone out once under its Message-ID, so it gathers nothing more.
            attempts=Case(When(kind=News.DIGEST, then=1), default=0),
            next_try_at=now,
            lease_until=None,
            sent_at=None,
            gathered_in=None,
            last_error="",
        )
    )
    transaction.on_commit(hint, robust=True)
    transaction.on_commit(hint_chat, robust=True)
    return count


@transaction.atomic
def stop(chosen: QuerySet[Delivery], *, now: datetime) -> int:
    """What is still to be sent is not sent; one being sent right now is left alone. Answers how many were stopped."""
    return to_stop(chosen, now=now).update(state=Delivery.State.STOPPED, lease_until=None)


def to_stop(chosen: QuerySet[Delivery], *, now: datetime) -> QuerySet[Delivery]:
    """Which of them can be stopped."""
    return _idle(chosen, now=now).filter(state=Delivery.State.PENDING)


def given_up_for(user: User) -> int:
    """How many messages could not be delivered, for those who can look into it; 0 for everybody else."""
    if not user.has_role(SALES_MANAGER, ADMINISTRATOR):
        return 0
    return Delivery.objects.filter(state=Delivery.State.DEAD).count()


def _idle(chosen: QuerySet[Delivery], *, now: datetime) -> QuerySet[Delivery]:
    return chosen.filter(Q(lease_until=None) | Q(lease_until__lt=now))
