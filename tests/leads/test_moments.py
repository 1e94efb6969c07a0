"""A moment that comes as text: in the zone it names, else UTC; a day alone is the organisation's."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from leads.normalise import parse_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-01", "2025-10-31T23:00:00+00:00"),
        ("20251101", "2025-10-31T23:00:00+00:00"),
        ("2025-11-01T09:00:00", "2025-11-01T09:00:00+00:00"),
        ("2025-11-01T09:00:00+05:00", "2025-11-01T04:00:00+00:00"),
    ],
)
def test_a_day_alone_is_the_organisations(text: str, moment: str, settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert parse_moment(text, now=datetime(2026, 3, 10, tzinfo=UTC)).isoformat() == moment
