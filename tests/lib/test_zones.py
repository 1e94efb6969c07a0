"""Whose day a day is, and which moment a clock on the wall means."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lib.moment_fields import MomentField
from lib.zones import first_moment, is_repeated, is_skipped, organisation_day, start_of_day

ZONES = ("Africa/Cairo", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "UTC", "Pacific/Apia")


class TestFirstMoment:
    @pytest.mark.parametrize(
        ("wall", "zone", "moment"),
        [
            ("2027-04-30T00:00", "Africa/Cairo", "2027-04-30T01:00:00+03:00"),
            ("2027-04-30T00:45", "Africa/Cairo", "2027-04-30T01:00:00+03:00"),
            ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:00:00+02:00"),
            ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T02:30:00+02:00"),
            ("2011-12-30T12:00", "Pacific/Apia", "2011-12-31T00:00:00+14:00"),
            ("2026-07-01T09:00", "Europe/Berlin", "2026-07-01T09:00:00+02:00"),
        ],
    )
    def test_it_exists(self, wall: str, zone: str, moment: str) -> None:
        found = first_moment(datetime.fromisoformat(wall), ZoneInfo(zone))
        assert found.isoformat() == moment

    @given(st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001
    def test_a_clock_shows_it_or_was_put_over_it(self, wall: datetime, zone: str) -> None:
        moment = first_moment(wall, ZoneInfo(zone))
        shown = moment.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        assert (shown > wall) if is_skipped(wall, ZoneInfo(zone)) else (shown == wall)

    def test_what_is_shown_twice_is_known(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        assert is_repeated(datetime(2026, 10, 25, 2, 30), berlin)  # noqa: DTZ001
        assert not is_repeated(datetime(2026, 10, 25, 3, 30), berlin)  # noqa: DTZ001
        assert not is_repeated(datetime(2026, 3, 29, 2, 30), berlin)  # noqa: DTZ001


class TestDays:
    def test_a_day_is_the_organisations(self) -> None:
        with timezone.override(ZoneInfo("Asia/Tokyo")):
            assert start_of_day(date(2026, 11, 1)) == datetime(2026, 11, 1, tzinfo=UTC)
            assert organisation_day(datetime(2026, 10, 31, 20, 0, tzinfo=UTC)) == date(2026, 10, 31)

    def test_a_day_alone_in_a_form_too(self) -> None:
        with timezone.override(ZoneInfo("Asia/Tokyo")):
            assert MomentField().clean("2026-11-01") == datetime(2026, 11, 1, tzinfo=UTC)
            assert MomentField().clean("2026-11-01T09:00") == datetime(2026, 11, 1, tzinfo=UTC)
