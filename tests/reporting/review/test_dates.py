"""When a review is due, and who is told of it once."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.test import override_settings

from accounts.models import User
from outbox.models import Delivery
from outbox.sending import send_next
from outbox.transports.mail import MAIL
from reporting.models import CriteriaReview, ReviewPolicy
from reporting.review.dates import months_after, next_review
from reporting.review.decisions import record
from reporting.review.reminders import remind
from scoring.models import Criteria
from tests.conftest import make_person
from tests.reporting.histories import day
from tests.reporting.review.reviewing import in_force_since
from tests.reporting.review.test_decisions import KEEP_ALL
from tests.scoring.shipped import make_published
from tests.threads import at_once

pytestmark = pytest.mark.django_db


class TestMonthsAfter:
    @pytest.mark.parametrize(
        ("start", "months", "expected"),
        [
            ("2025-08-31", 6, "2026-02-28"),
            ("2027-08-31", 6, "2028-02-29"),
            ("2025-10-31", 1, "2025-11-30"),
            ("2025-12-31", 12, "2026-12-31"),
            ("2025-02-28", 6, "2025-08-28"),
            ("2025-07-15", 36, "2028-07-15"),
            ("2025-11-30", 1, "2025-12-30"),
        ],
    )
    def test_it_ends_within_the_month(self, start: str, months: int, expected: str) -> None:
        assert months_after(date.fromisoformat(start), months) == date.fromisoformat(expected)


class TestNextReview:
    def test_so_many_months_after_a_publication(self, now: datetime) -> None:
        in_force_since(day("2025-08-31"))
        due = next_review(now=now)
        assert due is not None
        assert (due.due_on, due.is_due) == (date(2026, 2, 28), True)
        assert not next_review(now=day("2026-02-27", hour=23)).is_due  # type: ignore[union-attr]
        assert next_review(now=day("2026-02-28", hour=0)).is_due  # type: ignore[union-attr]

    @override_settings(TIME_ZONE="Asia/Tokyo")
    def test_the_days_are_the_organisations(self) -> None:
        in_force_since(day("2025-03-30", hour=20))  # the 31st in Tokyo
        due = next_review(now=day("2025-09-29", hour=16))
        assert due is not None
        assert (due.due_on, due.is_due) == (date(2025, 9, 30), True)

    def test_the_pace_is_a_policy(self, now: datetime) -> None:
        in_force_since(day("2026-01-31"))
        ReviewPolicy.objects.update(months=1)
        due = next_review(now=now)
        assert due is not None
        assert due.due_on == date(2026, 2, 28)

    def test_a_publication_starts_anew(self, marketer: User, manager: User, now: datetime) -> None:
        in_force_since(day("2025-01-01"))
        make_published(marketer, manager, now)
        due = next_review(now=now)
        assert due is not None
        assert (due.criteria.number, due.due_on) == (2, date(2026, 9, 10))

    def test_a_review_starts_anew(self, marketer: User, now: datetime) -> None:
        criteria = in_force_since(day("2025-01-01"))
        assert criteria.published_at is not None
        record(KEEP_ALL, seen_since=criteria.published_at, actor=marketer, now=now)
        due = next_review(now=now)
        assert due is not None
        assert (due.due_on, due.is_due) == (date(2026, 9, 10), False)

    def test_nothing_in_force(self, now: datetime) -> None:
        Criteria.objects.update(state="retired", retired_at=day("2999-01-01"))
        assert next_review(now=now) is None
        assert remind(now=now) == 0


class TestRemind:
    @pytest.fixture
    def due(self, marketer: User, manager: User, rep: User, administrator: User) -> None:
        in_force_since(day("2025-08-31"))

    def test_marketing_and_sales_managers_are_told(
        self, due: None, marketer: User, manager: User, now: datetime
    ) -> None:
        assert remind(now=now) == 2
        assert set(Delivery.objects.values_list("recipient", flat=True)) == {marketer.pk, manager.pk}
        while send_next(MAIL, now=now):
            pass
        message = mail.outbox[0]
        assert message.subject == "Version 1 of the criteria is to be reviewed"
        assert "has been due since 28 February 2026." in str(message.body)
        assert "/reports/review/" in str(message.body)

    def test_nobody_before_it_is_due(self, due: None) -> None:
        assert remind(now=day("2026-02-27")) == 0
        assert not Delivery.objects.exists()

    def test_each_once_however_often_it_runs_and_whatever_the_pace(self, due: None, now: datetime) -> None:
        for days in range(3):
            remind(now=now + timedelta(days=days))
        ReviewPolicy.objects.update(months=5)
        remind(now=now + timedelta(days=4))
        assert Delivery.objects.count() == 2

    def test_who_joins_later_is_told_too(self, due: None, now: datetime) -> None:
        remind(now=now)
        newcomer = make_person("new@example.com", "marketing", "Nora New")
        remind(now=now + timedelta(days=1))
        assert Delivery.objects.filter(recipient=newcomer).count() == 1

    def test_the_next_review_is_another(self, due: None, marketer: User, now: datetime) -> None:
        remind(now=now)
        due_now = next_review(now=now)
        assert due_now is not None
        record(KEEP_ALL, seen_since=due_now.since, actor=marketer, now=now)
        assert remind(now=now) == 0
        remind(now=day("2026-09-10"))
        assert Delivery.objects.count() == 4


@pytest.mark.slow
class TestAtOnce:
    def test_reminders_at_once_tell_each_once(
        self, transactional: None, marketer: User, manager: User, now: datetime
    ) -> None:
        published_at = Criteria.objects.get().published_at
        assert published_at is not None
        late = published_at + timedelta(days=400)
        assert at_once(*[partial(remind, now=late)] * 4) == [2] * 4
        assert Delivery.objects.count() == 2

    def test_two_who_record_at_once_record_one_review(
        self, transactional: None, marketer: User, manager: User, now: datetime
    ) -> None:
        published_at = Criteria.objects.get().published_at
        assert published_at is not None
        late = published_at + timedelta(days=400)
        answers = at_once(
            *(
                partial(record, KEEP_ALL, seen_since=published_at, actor=person, now=late)
                for person in (marketer, manager) * 2
            )
        )
        assert len([answer for answer in answers if isinstance(answer, CriteriaReview)]) == 1
        assert CriteriaReview.objects.count() == 1
