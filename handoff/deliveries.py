"""Writes down who has to be told what. Sending is handoff/sending.py's business."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import ADMINISTRATOR, SALES_MANAGER
from handoff.models import Delivery, Handoff
from lib.hints import send_hint


def owe_passed(handoff: Handoff, *, now: datetime) -> None:
    """The rep is told that a lead waits."""
    if handoff.assignee is not None:
        owe(handoff, Delivery.Kind.PASSED, [handoff.assignee], now=now)


def owe_breached(handoff: Handoff, *, now: datetime) -> None:
    """The managers are told that nobody answered; where there is none, the administrators."""
    managers = list(User.objects.in_role(SALES_MANAGER)) or list(User.objects.in_role(ADMINISTRATOR))
    owe(handoff, Delivery.Kind.BREACHED, managers, now=now)


def owe(handoff: Handoff, kind: Delivery.Kind, recipients: Iterable[User], *, now: datetime) -> None:
    """One row per recipient, in the transaction that makes the news; saying it twice writes it once."""
    _write({"handoff": handoff}, kind, str(handoff.pk), recipients, now=now)


def owe_review(*, version: int, due_on: date, path: str, key: str, recipients: Iterable[User], now: datetime) -> None:
    """Marketing and sales are told that the criteria are to be reviewed; `key` names this review, `path` its page."""
    about = {"version": version, "due_on": due_on.isoformat(), "path": path}
    _write({"about": about}, Delivery.Kind.REVIEW_DUE, key, recipients, now=now)


def _write(
    subject: Mapping[str, Any], kind: Delivery.Kind, key: str, recipients: Iterable[User], *, now: datetime
) -> None:
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
