"""Ends of days in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from lib.moments import until_words


class TestUntil:
    @pytest.mark.parametrize(
        ("end", "zone", "words"),
        [
            ("2026-12-23T00:00+01:00", "Europe/Berlin", "22 Dec 2026"),
            ("2026-12-23T00:01+01:00", "Europe/Berlin", "23 Dec 2026, 00:01"),
            ("2027-01-01T00:00+01:00", "Europe/Berlin", "31 Dec 2026"),
            # The reader's day ends, or the organisation's.
            ("2026-12-23T00:00+09:00", "Asia/Tokyo", "22 Dec 2026"),
            ("2026-12-23T00:00+01:00", "Asia/Tokyo", "22 Dec 2026"),
            ("2026-12-23T14:00+09:00", "Asia/Tokyo", "23 Dec 2026, 14:00"),
            # Clocks there skip the hour after midnight, so the day begins at one.
            ("2027-04-30T01:00+03:00", "Africa/Cairo", "29 Apr 2027"),
        ],
    )
    def test_it_names_the_last_day_that_counts(self, settings: Settings, end: str, zone: str, words: str) -> None:
        settings.TIME_ZONE = "Europe/Berlin"
        with timezone.override(ZoneInfo(zone)):
            assert until_words(datetime.fromisoformat(end)) == words
