"""News of the review of the criteria."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, TypedDict

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MARKETING, SALES_MANAGER
from outbox.enqueue import Subject, enqueue
from outbox.kinds import Facts, NewsKind, plain_words, register
from reporting.review.dates import Due


class ReviewDue(TypedDict):
    """The number of the version in force, and the day on which its review is due (ISO 8601)."""

    version: int
    due_on: str


def _words(facts: Facts) -> dict[str, object]:
    return {**plain_words(facts), "due": date_format(date.fromisoformat(facts["due_on"]), "j F Y")}


REVIEW_DUE: Final = register(
    NewsKind(
        key="criteria.review_due",
        label=_("the criteria are to be reviewed"),
        sentence=_("Version %(version)s of the criteria is to be reviewed"),
        roles=(MARKETING, SALES_MANAGER),
        order=140,
        icon="criteria",
        mail="reporting/mail/review_due",
        words=_words,
    )
)


def enqueue_review_due(review: Due, *, recipients: Iterable[User], now: datetime) -> None:
    """These people are told once for a review, whatever becomes of the pace meanwhile."""
    facts: ReviewDue = {"version": review.criteria.number, "due_on": review.due_on.isoformat()}
    key = f"{review.criteria.pk}:{review.since.timestamp():.0f}"  # what the review is counted from
    subject = Subject(key=f"review:{review.criteria.pk}", path=reverse("reporting:review"))
    enqueue(REVIEW_DUE, subject, facts, key=key, recipients=recipients, now=now)
