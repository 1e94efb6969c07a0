"""How long something may take, as people write it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from lib.duration_fields import DurationTextField
from lib.moments import duration_words

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("15 min", 15 * MINUTE),
        ("24h", 24 * HOUR),
        ("1 h 30 min", 90 * MINUTE),
        ("1 hour, 5 minutes", 65 * MINUTE),
        ("2 days and 4 hours", 52 * HOUR),
        ("1.5 hours", 90 * MINUTE),
        ("0,5 h", 30 * MINUTE),
        ("1:30", 90 * MINUTE),
    ],
)
def test_read(text: str, span: timedelta) -> None:
    assert DurationTextField().clean(text) == span


@pytest.mark.parametrize(
    "text",
    ["24", "2 months", "an hour", "h", "-1 h", "1 h 30", "1:75", "1.000 h", "9" * 30 + " days", "1" * 400 + " h"],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DurationTextField().clean(text)
    assert refused.value.messages == ["Write it with its unit, like 15 min, 4 h, 1 h 30 min or 2 days."]


def test_parts_of_minutes_are_refused() -> None:
    with pytest.raises(ValidationError, match="Write whole minutes"):
        DurationTextField().clean("0.01 h")


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (24 * HOUR, "24 hours"), (HOUR, "1 hour"), (5 * MINUTE, "5 minutes"), (61 * MINUTE, "1 hour 1 minute"),
        (720 * HOUR, "720 hours"), (timedelta(0), "0 hours"),
    ],
)  # fmt: skip
def test_what_it_shows_can_be_sent_back(span: timedelta, words: str) -> None:
    field = DurationTextField(required=False)
    assert duration_words(span) == field.prepare_value(span) == words
    assert field.clean(words) == span
    assert not field.has_changed(span, words)
    assert field.has_changed(span, "1 min")
