"""Recording a review: by whom, once, with its figures, and the draft that follows."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from django.conf import settings
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reporting.models import CriteriaReview, ReviewDecision
from reporting.review.decisions import Answer, ReviewRefused, open_draft, record
from scoring.criteria.comments import LONGEST
from scoring.criteria.publication import NotYourRole
from scoring.models import Criteria
from tests.reporting.histories import day, lead
from tests.reporting.review.reviewing import happened, in_force_since
from tests.scoring.shipped import in_force, make_published

pytestmark = pytest.mark.django_db
KEEP_ALL: Final = {key: Answer(ReviewDecision.KEEP, "") for key in ("good", "missing", "early")}
SINCE: Final = day("2025-08-31")


@pytest.fixture
def criteria() -> Criteria:
    return in_force_since(SINCE)


class TestRecord:
    def test_what_was_decided_is_kept_with_the_figures_of_that_moment(
        self, criteria: Criteria, manager: User, now: datetime
    ) -> None:
        happened(lead(day("2025-09-01")), ("mql", "2025-09-02", ""))
        answers = {**KEEP_ALL, "early": Answer(ReviewDecision.TIGHTEN, "Two more behaviours.")}
        record(answers, seen_since=SINCE, actor=manager, now=now)
        happened(lead(day("2025-09-01")), ("mql", "2025-09-03", ""))
        review = CriteriaReview.objects.get()
        assert (review.good, review.missing, review.early) == ("keep", "keep", "tighten")
        assert (review.early_words, review.decided_by, review.decided_at) == ("Two more behaviours.", manager, now)
        assert review.figures["now"]["mqls"] == 1
        assert review.draft is None

    @pytest.mark.parametrize("who", ["rep", "administrator"])
    def test_nobody_else_decides(
        self, criteria: Criteria, request: pytest.FixtureRequest, now: datetime, who: str
    ) -> None:
        with pytest.raises(ReviewRefused, match="Marketing or a sales manager records"):
            record(KEEP_ALL, seen_since=SINCE, actor=request.getfixturevalue(who), now=now)

    def test_not_twice(self, criteria: Criteria, marketer: User, now: datetime) -> None:
        record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=now)
        with pytest.raises(ReviewRefused, match="recorded meanwhile"):
            record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=now + timedelta(seconds=1))
        assert CriteriaReview.objects.count() == 1

    def test_not_about_a_version_the_person_did_not_see(
        self, criteria: Criteria, marketer: User, manager: User, now: datetime
    ) -> None:
        make_published(marketer, manager, now)
        with pytest.raises(ReviewRefused, match="came into force"):
            record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=now)

    def test_it_never_changes_and_stays(self, criteria: Criteria, marketer: User, now: datetime) -> None:
        review = record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=now)
        with pytest.raises(Error, match="stays as it was recorded"), transaction.atomic():
            CriteriaReview.objects.update(early="loosen")
        with pytest.raises(Error, match="never deleted"), transaction.atomic():
            review.delete()

    def test_a_decision_that_is_none_cannot_be_stored(self, criteria: Criteria, marketer: User, now: datetime) -> None:
        with pytest.raises(Error, match="review_decides_each_question"), transaction.atomic():
            CriteriaReview.objects.create(
                criteria=criteria, since=now, due_on=now.date(), figures={}, good="perhaps", missing="keep",
                early="keep", decided_by=marketer, decided_at=now,
            )  # fmt: skip


class TestDraft:
    def test_with_the_decision(self, criteria: Criteria, marketer: User, now: datetime) -> None:
        review = record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=now, with_draft=True)
        assert review.draft is not None
        assert (review.draft.number, review.draft.state, review.draft.based_on) == (2, "draft", criteria)
        assert in_force() == criteria

    def test_its_first_comment_says_what_was_decided_and_where_the_figures_are(
        self, criteria: Criteria, marketer: User, now: datetime, client: Client
    ) -> None:
        answers = {**KEEP_ALL, "early": Answer(ReviewDecision.TIGHTEN, "Two more behaviours. " + "x" * 1900)}
        review = record(answers, seen_since=SINCE, actor=marketer, now=now, with_draft=True)
        assert review.draft is not None
        [said] = review.draft.comments.all()
        address = f"{settings.BASE_URL}{reverse('reporting:past_review', args=[review.public_id])}"
        assert said.text.startswith(
            f"The review of version 1, decided by Mara Marketer. Its figures: {address}\n\nAre they good? Keep.\n\n"
            "Are we missing people? Keep.\n\nAre we sending too early? Tighten. Two more behaviours. xxx"
        )
        assert (said.author, len(said.text) < LONGEST) == (marketer, True)
        client.force_login(marketer)
        page = client.get(reverse("scoring:version", args=[review.draft.number])).content.decode()
        assert f'<a href="{address}" rel="nofollow">' in page

    def test_or_neither(self, criteria: Criteria, manager: User, now: datetime) -> None:
        with pytest.raises(NotYourRole, match="made by marketing"):
            record(KEEP_ALL, seen_since=SINCE, actor=manager, now=now, with_draft=True)
        assert not CriteriaReview.objects.exists()

    def test_marketing_opens_it_later_and_once(
        self, criteria: Criteria, manager: User, marketer: User, now: datetime
    ) -> None:
        review = record(KEEP_ALL, seen_since=SINCE, actor=manager, now=now)
        first = open_draft(review, actor=marketer, now=now)
        assert open_draft(review, actor=marketer, now=now).draft == first.draft
        assert Criteria.objects.filter(state="draft").count() == 1

    def test_not_from_a_version_that_is_over(
        self, criteria: Criteria, marketer: User, manager: User, now: datetime
    ) -> None:
        review = record(KEEP_ALL, seen_since=SINCE, actor=marketer, now=now)
        make_published(marketer, manager, now + timedelta(days=1))
        with pytest.raises(ReviewRefused, match="Another version is in force"):
            open_draft(review, actor=marketer, now=now + timedelta(days=2))
