"""The way to sales: whom marketing checks first, when what is ready is passed, and what marketing promises."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import pytest

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Calendar, Handoff, OpenHours, OwnDay, PassPolicy
from handoff.promotion import pass_policy, ready_leads
from leads.models import Lead
from outbox.models import Delivery
from tests.handoff.conftest import MakeHandoff
from tests.handoff.promoting import drain_and_promote, promote_missed

HOUR: Final = timedelta(hours=1)
Check, Pass = PassPolicy.Check, PassPolicy.Pass


def set_way(**columns: Any) -> PassPolicy:
    PassPolicy.objects.update_or_create(pk=1, defaults=columns)
    return PassPolicy.current()


@pytest.fixture
def qualify(make_lead: Callable[..., Lead], act: Callable[..., None]) -> Callable[..., Handoff]:
    """`qualify(now)`: somebody does what makes them an MQL, and the engine hears of it."""

    def do(now: datetime, name: str = "ana") -> Handoff:
        lead = make_lead(email=f"{name}@acme.example", job_title="CEO", company="Acme", employees=200)
        act(lead, "page_view", at=now, page="/pricing")
        drain_and_promote(now=now)
        return Handoff.objects.get(lead=lead)

    return do


class TestCheck:
    def test_a_lead_goes_to_sales_unseen_unless_somebody_says_otherwise(
        self, qualify: Callable[..., Handoff], rep: User, now: datetime
    ) -> None:
        handoff = qualify(now)
        assert (handoff.state, handoff.pass_by) == ("waiting", now)

    def test_a_lead_that_is_checked_waits_and_marketing_is_told(
        self, qualify: Callable[..., Handoff], rep: User, marketer: User, now: datetime
    ) -> None:
        set_way(checks=Check.EVERYBODY, check_within=timedelta(hours=8))
        handoff = qualify(now)
        assert (handoff.state, handoff.pass_by, handoff.respond_by) == ("in_review", now + 8 * HOUR, None)
        assert handoff.lead.status == "awaiting_review"
        assert list(Delivery.objects.values_list("kind", "recipient")) == [("handoff.to_review", marketer.pk)]
        assert ready_leads.pass_ready(now=now + HOUR) == 0

    def test_what_marketing_passes_is_passed_with_a_clock_that_starts_then(
        self, qualify: Callable[..., Handoff], rep: User, marketer: User, now: datetime
    ) -> None:
        set_way(checks=Check.EVERYBODY)
        handoff = qualify(now)
        transitions.approve(handoff_id=handoff.pk, actor=marketer, now=now + HOUR)
        assert ready_leads.pass_ready(now=now + 2 * HOUR) == 1
        handoff.refresh_from_db()
        assert (handoff.state, handoff.reviewed_by, handoff.reviewed_at) == ("waiting", marketer, now + HOUR)
        assert handoff.respond_by == now + 26 * HOUR
        kinds = list(handoff.lead.events.order_by("pk").values_list("kind", flat=True))
        assert kinds[-3:] == ["lead.mql", "handoff.approved", "handoff.passed"]

    def test_what_marketing_takes_back_needs_news_to_return(
        self, qualify: Callable[..., Handoff], rep: User, marketer: User, now: datetime
    ) -> None:
        set_way(checks=Check.EVERYBODY)
        handoff = qualify(now)
        transitions.withdraw(handoff_id=handoff.pk, actor=marketer, text="A student.", now=now + HOUR)
        assert promote_missed(now=now + 2 * HOUR) == 0
        assert Handoff.objects.get().state == "withdrawn"

    @pytest.mark.parametrize(
        ("checks", "is_fast_track", "checked"),
        [
            (Check.NOBODY, False, False),
            (Check.ORDINARY, False, True),
            (Check.ORDINARY, True, False),
            (Check.EVERYBODY, True, True),
        ],
    )
    @pytest.mark.django_db
    def test_the_fast_track_is_checked_only_where_everybody_is(
        self, checks: str, is_fast_track: bool, checked: bool
    ) -> None:
        assert pass_policy.is_checked_first(set_way(checks=checks), is_fast_track=is_fast_track) is checked


class TestDailyPass:
    # `now` is Tuesday 10 March 2026, 09:00 UTC; the daily pass is at 10:00.
    def test_what_is_ready_waits_for_the_pass_and_then_goes(
        self, qualify: Callable[..., Handoff], rep: User, now: datetime
    ) -> None:
        set_way(when=Pass.DAILY, daily_at=time(10))
        handoff = qualify(now)
        assert (handoff.state, handoff.pass_by) == ("ready", now + HOUR)
        assert ready_leads.pass_ready(now=now + HOUR - timedelta(seconds=1)) == 0
        assert ready_leads.pass_ready(now=now + HOUR) == 1
        assert Handoff.objects.get().state == "waiting"

    def test_what_comes_after_the_pass_waits_for_the_next(
        self, qualify: Callable[..., Handoff], rep: User, now: datetime
    ) -> None:
        set_way(when=Pass.DAILY, daily_at=time(8))
        qualify(now)
        assert ready_leads.pass_ready(now=now + 22 * HOUR) == 0
        assert ready_leads.pass_ready(now=now + 23 * HOUR) == 1

    def test_a_pass_that_nobody_ran_is_made_up_for(
        self, qualify: Callable[..., Handoff], rep: User, now: datetime
    ) -> None:
        set_way(when=Pass.DAILY, daily_at=time(10))
        qualify(now)
        assert ready_leads.pass_ready(now=now + 12 * HOUR) == 1

    def test_the_fast_track_and_what_goes_on_wait_for_no_pass(
        self, make_ready: MakeHandoff, rep: User, now: datetime
    ) -> None:
        policy = set_way(when=Pass.DAILY, daily_at=time(10))
        fast = make_ready(is_fast_track=True)
        make_ready(email="slow@acme.example")
        assert list(pass_policy.passable(Handoff.objects.all(), policy, now=now)) == [fast]

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("opened", "promised"),
        [
            ("2026-03-13T09:59:00+00:00", "2026-03-13T10:00:00+00:00"),  # a Friday
            ("2026-03-13T10:00:00+00:00", "2026-03-13T10:00:00+00:00"),
            ("2026-03-13T10:00:01+00:00", "2026-03-16T10:00:00+00:00"),
            ("2026-03-14T03:00:00+00:00", "2026-03-16T10:00:00+00:00"),
        ],
    )
    def test_without_a_calendar_the_days_are_monday_to_friday(self, opened: str, promised: str) -> None:
        policy = set_way(when=Pass.DAILY, daily_at=time(10))
        found = pass_policy.promise(policy, opened_at=datetime.fromisoformat(opened), is_fast_track=False)
        assert found == datetime.fromisoformat(promised)

    @pytest.mark.django_db
    def test_a_calendar_says_which_days_and_on_whose_clock(self) -> None:
        calendar = Calendar.objects.create(name="Tokyo", time_zone="Asia/Tokyo")
        for weekday in (1, 2):
            OpenHours.objects.create(calendar=calendar, weekday=weekday, opens_at=time(9), closes_at=time(17))
        OwnDay.objects.create(calendar=calendar, on=datetime(2026, 3, 11, tzinfo=UTC).date(), name="Company day")
        policy = set_way(when=Pass.DAILY, daily_at=time(9), calendar=calendar)
        opened = datetime.fromisoformat("2026-03-10T01:00:00+00:00")  # Tuesday 10:00 in Tokyo, after the pass
        promised = pass_policy.promise(policy, opened_at=opened, is_fast_track=False)
        assert promised == datetime.fromisoformat("2026-03-17T00:00:00+00:00")

    @pytest.mark.django_db
    def test_the_pass_keeps_its_place_on_the_wall_clock_when_the_clock_changes(self) -> None:
        calendar = Calendar.objects.create(name="Lisbon", time_zone="Europe/Lisbon")
        for weekday in range(7):
            OpenHours.objects.create(calendar=calendar, weekday=weekday, opens_at=time(9), closes_at=time(17))
        policy = set_way(when=Pass.DAILY, daily_at=time(9), calendar=calendar)
        saturday = datetime.fromisoformat("2026-03-28T12:00:00+00:00")
        assert pass_policy.promise(policy, opened_at=saturday, is_fast_track=False) == datetime.fromisoformat(
            "2026-03-29T08:00:00+00:00"
        )
