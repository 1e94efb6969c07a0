"""The clock of a policy: its calendar as people set it up, public holidays as the library knows them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from handoff.deadlines.due_times import deadlines
from handoff.deadlines.hours import NeverOpen
from handoff.lifecycle import transitions
from handoff.models import Calendar, Handoff, SlaPolicy
from leads.events import SYSTEM
from tests.handoff.conftest import MakeHandoff

LISBON = ZoneInfo("Europe/Lisbon")
# The day before Good Friday; clocks went forward on the Sunday before.
THURSDAY = datetime(2026, 4, 2, 16, 30, tzinfo=LISBON)


@pytest.fixture
def office(db: None) -> Calendar:
    """Monday to Friday, 9 to 17, in Lisbon, with the holidays of Portugal."""
    calendar = Calendar.objects.get(name="Office hours")
    Calendar.objects.filter(pk=calendar.pk).update(time_zone="Europe/Lisbon", country="PT")
    calendar.refresh_from_db()
    return calendar


def due(calendar: Calendar, passed_at: datetime, hours: int = 2) -> datetime:
    policy = SlaPolicy(respond_within=timedelta(hours=hours), clock="business", calendar=calendar)
    [due] = deadlines(policy, passed_at)
    return due.respond_by


class TestHolidays:
    def test_nobody_answers_on_good_friday(self, office: Calendar) -> None:
        assert due(office, THURSDAY) == datetime(2026, 4, 6, 10, 30, tzinfo=LISBON)

    def test_unless_people_work_then(self, office: Calendar) -> None:
        office.own_days.create(on=date(2026, 4, 3), name="We work", is_open=True)
        assert due(office, THURSDAY) == datetime(2026, 4, 3, 10, 30, tzinfo=LISBON)

    def test_an_own_day_is_a_holiday_too(self, office: Calendar) -> None:
        office.own_days.create(on=date(2026, 4, 6), name="Company day")
        assert due(office, THURSDAY) == datetime(2026, 4, 7, 10, 30, tzinfo=LISBON)

    @pytest.mark.parametrize(("region", "day"), [("", 6), ("BY", 7)])
    def test_a_region_has_its_own(self, office: Calendar, region: str, day: int) -> None:
        """Epiphany, 6 January, is a holiday in Bavaria and not in Berlin."""
        office.country, office.subdivision, office.time_zone = "DE", region, "Europe/Berlin"
        monday = datetime(2026, 1, 5, 16, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        assert due(office, monday) == datetime(2026, 1, day, 10, 30, tzinfo=ZoneInfo("Europe/Berlin"))


class TestDeadlines:
    def test_are_stored_in_utc(self, office: Calendar) -> None:
        assert due(office, THURSDAY).tzinfo is UTC

    def test_elapsed_hours_need_no_calendar(self) -> None:
        [found] = deadlines(SlaPolicy(respond_within=timedelta(hours=10)), THURSDAY)
        assert [moment - THURSDAY for moment in found] == [timedelta(hours=hours) for hours in (5, 9, 10)]

    def test_a_calendar_that_never_opens_says_so(self, office: Calendar) -> None:
        office.hours.all().delete()
        with pytest.raises(NeverOpen, match="“Office hours” is not open for 2 hours within three years"):
            due(office, THURSDAY)

    def test_a_handoff_keeps_them_when_its_calendar_changes(
        self, make_ready: MakeHandoff, rep: User, office: Calendar
    ) -> None:
        SlaPolicy.objects.update(clock="business", calendar=office, respond_within=timedelta(hours=4))
        handoff = make_ready(at=THURSDAY)
        passed = transitions.pass_to_sales(handoff_id=handoff.pk, assignee=rep, agent=SYSTEM, now=THURSDAY)
        office.hours.all().delete()
        Calendar.objects.update(time_zone="Asia/Tokyo", country="")
        kept = Handoff.objects.get(pk=passed.pk)
        assert kept.respond_by == datetime(2026, 4, 6, 12, 30, tzinfo=LISBON)
        assert (kept.half_at, kept.nearly_at) == (passed.half_at, passed.nearly_at)
