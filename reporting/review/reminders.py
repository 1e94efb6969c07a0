"""Tells people once that a review is due."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.roles import MARKETING, SALES_MANAGER
from reporting.review.dates import next_review
from reporting.review.news import enqueue_review_due


@transaction.atomic
def remind(*, now: datetime) -> int:
    """A mail to marketing and to the sales managers when the review is due. Returns how many people are told in all.

    A person is told once for a review, however often this runs and whatever becomes of the pace meanwhile: the key is
    what the review is counted from.
    """
    due = next_review(now=now)
    if due is None or not due.is_due:
        return 0
    people = list(User.objects.in_role(MARKETING, SALES_MANAGER).order_by("pk"))
    enqueue_review_due(due, recipients=people, now=now)
    return len(people)
