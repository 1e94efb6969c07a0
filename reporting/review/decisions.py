"""Recording what a review decided, and opening the draft that follows from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MARKETING, SALES_MANAGER
from reporting.models import CriteriaReview, ReviewDecision
from reporting.review.dates import next_review
from reporting.review.figures import collect
from reporting.review.presentation import TITLES
from scoring.criteria.comments import comment
from scoring.criteria.publication import draft_from
from scoring.models import Criteria

DECIDERS: Final = (MARKETING, SALES_MANAGER)
LONGEST_WORDS: Final = 2000
# Of the words on one question; the whole is on the page of the review.
LONGEST_IN_COMMENT: Final = 450


class ReviewRefused(Exception):
    """Nothing was recorded; the message tells a person why and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question led to, and why."""

    decision: ReviewDecision
    words: str


@transaction.atomic
def record(
    answers: dict[str, Answer], *, seen_since: datetime, actor: User, now: datetime, with_draft: bool = False
) -> CriteriaReview:
    """Keeps the figures of this moment with the decision; the next review is counted from now.

    `seen_since` is what the person's page counted from: when a version came into force or a review was recorded
    meanwhile, nothing is. With `with_draft` a draft of the version in force is opened too, or neither is done.
    Raises ReviewRefused, or what draft_from raises.
    """
    if not actor.has_role(*DECIDERS):
        raise ReviewRefused(_("Marketing or a sales manager records the decision. Ask one of them."))
    due = next_review(now=now)
    if due is None:
        raise ReviewRefused(_("No criteria are in force, so there is nothing to review."))
    if due.since != seen_since:
        raise ReviewRefused(_("A version came into force or a review was recorded meanwhile. Look at the page again."))
    try:
        with transaction.atomic():
            review = CriteriaReview.objects.create(
                criteria=due.criteria,
                since=due.since,
                due_on=due.due_on,
                figures=collect(due.criteria, now=now),
                decided_by=actor,
                decided_at=now,
                **{key: answer.decision for key, answer in answers.items()},
                **{f"{key}_words": answer.words for key, answer in answers.items()},
            )
    except IntegrityError as error:
        raise ReviewRefused(_("Somebody has just recorded this review. Read what was decided there.")) from error
    return open_draft(review, actor=actor, now=now) if with_draft else review


@transaction.atomic
def open_draft(review: CriteriaReview, *, actor: User, now: datetime) -> CriteriaReview:
    """A draft of the version that was reviewed; the review says which. Once: asking again returns the same."""
    locked = (
        CriteriaReview.objects.select_for_update(of=("self",))
        .select_related("criteria", "draft", "decided_by")
        .get(pk=review.pk)
    )
    if locked.draft is not None:
        return locked
    if locked.criteria.state != Criteria.State.PUBLISHED:
        raise ReviewRefused(_("Another version is in force by now. Make a draft from that one."))
    locked.draft = draft_from(locked.criteria, actor=actor, now=now)
    locked.save(update_fields=["draft"])
    comment(criteria_id=locked.draft.pk, text=decision_words(locked), actor=actor, now=now)
    return locked


def decision_words(review: CriteriaReview) -> str:
    """What a review decided, question by question, with the address of its figures; as long as a comment may be."""
    address = settings.BASE_URL + reverse("reporting:past_review", args=[review.public_id])
    decided = _("The review of version %(number)d, decided by %(who)s. Its figures: %(address)s") % {
        "number": review.criteria.number, "who": review.decided_by, "address": address
    }  # fmt: skip
    lines = [decided]
    for key, title in TITLES.items():
        decision, words = getattr(review, f"get_{key}_display")(), getattr(review, f"{key}_words")
        line = _("%(question)s %(decision)s.") % {"question": title, "decision": decision}
        lines.append(f"{line} {Truncator(words).chars(LONGEST_IN_COMMENT)}".strip())
    return "\n\n".join(lines)
