"""Writes down who has to be told what. Sending is handoff/sending.py's business."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER
from handoff.models import Delivery, Handoff, News
from lib.hints import send_hint


def owe_passed(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that a lead waits."""
    if handoff.assignee is not None:
        owe(handoff, News.PASSED, [handoff.assignee], now=now)


def owe_breached(handoff: Handoff, *, now: datetime) -> None:
    """The managers are told that nobody answered; where there is none, the administrators."""
    managers = list(User.objects.in_role(SALES_MANAGER)) or list(User.objects.in_role(ADMINISTRATOR))
    owe(handoff, News.BREACHED, managers, now=now)


def owe_reassigned(handoff: Handoff, *, now: datetime) -> None:
    """The rep who has the lead from now on is told, each time it happens."""
    if handoff.assignee is not None:
        key = f"{handoff.pk}@{int(now.timestamp())}"
        _write({"handoff": handoff}, News.REASSIGNED, key, [handoff.assignee], now=now)


def owe_returned(handoff: Handoff, *, now: datetime) -> None:
    """Marketing is told that sales sent a lead back."""
    owe(handoff, News.RETURNED, User.objects.in_role(MARKETING), now=now)


def owe_review_of(handoff: Handoff, *, now: datetime) -> None:
    """Marketing is told that a lead is to be checked."""
    owe(handoff, News.TO_REVIEW, User.objects.in_role(MARKETING), now=now)


def hint_pass() -> None:
    """Tells the worker that there is a lead to be passed, once this transaction is through."""
    transaction.on_commit(lambda: send_hint("handoff.tasks.pass_ready"), robust=True)


def owe(handoff: Handoff, kind: News, recipients: Iterable[User], *, now: datetime) -> None:
    """One row per recipient, in the transaction that makes the news; saying it twice writes it once."""
    _write({"handoff": handoff}, kind, str(handoff.pk), recipients, now=now)


def owe_review(*, version: int, due_on: date, path: str, key: str, recipients: Iterable[User], now: datetime) -> None:
    """Marketing and sales are told that the criteria are to be reviewed; `key` names this review, `path` its page."""
    about = {"version": version, "due_on": due_on.isoformat(), "path": path}
    _write({"about": about}, News.REVIEW_DUE, key, recipients, now=now)


def _write(subject: Mapping[str, Any], kind: News, key: str, recipients: Iterable[User], *, now: datetime) -> None:
    rows = [
        Delivery(
            kind=kind,
            recipient=recipient,
            dedupe_key=f"{kind}:{key}:{recipient.pk}",
            created_at=now,
            next_try_at=now,
            **subject,
        )
        for recipient in recipients
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(hint, robust=True)


def hint() -> None:
    """Tells the worker that there is mail; a hint that is lost costs one sweep."""
    send_hint("handoff.tasks.send_deliveries")


@transaction.atomic
def send_again(chosen: QuerySet[Delivery], *, now: datetime) -> int:
    """Starts over, each message under its old Message-ID; one being sent right now is left alone."""
    idle = chosen.filter(Q(lease_until=None) | Q(lease_until__lt=now))
    count = idle.update(
        state=Delivery.State.PENDING,
        attempts=0,
        next_try_at=now,
        lease_until=None,
        sent_at=None,
        last_error="",
    )
    transaction.on_commit(hint, robust=True)
    return count
