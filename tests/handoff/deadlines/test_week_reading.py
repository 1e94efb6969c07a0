"""The hours of a week in one line."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from handoff.deadlines.policy_words import week_words
from handoff.deadlines.week_reading import read_week
from handoff.models import OpenHours


def plain(hours: OpenHours) -> tuple[int, time, time]:
    return hours.weekday, hours.opens_at, hours.closes_at


def week_of(text: str) -> str:
    return week_words(read_week(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Monday to Friday, 9 to 12:30 and 13:30 to 17", "Monday to Friday 09:00–12:30 and 13:30–17:00"),
        ("Mon-Fri 9-17; Sat 10-14", "Monday to Friday 09:00–17:00, Saturday 10:00–14:00"),
        ("mo, we & fr 8.30-16h", "Monday 08:30–16:00, Wednesday 08:30–16:00, Friday 08:30–16:00"),
        ("weekdays 9am to 5:30pm", "Monday to Friday 09:00–17:30"),
        ("Every day from midnight until 24:00", "Monday to Sunday 00:00–24:00"),
        ("Saturday to Monday 10–noon", "Monday 10:00–12:00, Saturday and Sunday 10:00–12:00"),
        ("Tue 18 to midnight. Wed 0 to 2", "Tuesday 18:00–24:00, Wednesday 00:00–02:00"),
        ("Monday 9-12. Monday 12-17.", "Monday 09:00–12:00 and 12:00–17:00"),
        ("Mon 12 am - 12 pm", "Monday 00:00–12:00"),
    ],
)
def test_read(text: str, words: str) -> None:
    assert week_of(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "A calendar that never opens has no business hours."),
        ("never", "“never” is no day of the week."),
        ("T 9-17", "“T” is no day of the week."),
        ("9-17", "Name the days before their hours"),
        ("Monday", "Say from when to when people work on the last days named."),
        ("Monday 9", "“9” is not understood."),
        ("Monday to 17", "“to” is not understood."),
        ("Monday 9 to Friday", "“9” is not understood."),
        ("Monday 17 to 9", "17 to 9 ends before it begins."),
        ("Monday 9 to 9", "9 to 9 ends before it begins."),
        ("Monday 9 to 25", "“25” is no time of the day."),
        ("Monday 9:75 to 10", "“9:75” is no time of the day."),
        ("Monday 13pm to 14", "“13 pm” is no time of the day."),
        ("Monday 9-12:30, Monday 12-17", "Monday 09:00-12:30 and Monday 12:00-17:00 overlap."),
        ("Monday 18 to midnight and 20 to 21", "Monday 18:00-00:00 and Monday 20:00-21:00 overlap."),
        ("Monday 9-17 #1", "“#1” is not understood."),
    ],
)
def test_refused(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_week(text)
    assert words in refused.value.messages[0]


@given(
    st.lists(
        st.lists(st.integers(0, 24 * 60), min_size=0, max_size=6, unique=True).filter(lambda each: len(each) % 2 == 0),
        min_size=7,
        max_size=7,
    ).filter(any)
)
def test_what_is_written_can_be_read(week: list[list[int]]) -> None:
    def clock(minutes: int) -> time:
        return time(minutes // 60 % 24, minutes % 60)

    hours = [
        OpenHours(weekday=day, opens_at=clock(opens), closes_at=clock(closes))
        for day, minutes in enumerate(week)
        for opens, closes in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=True)
    ]
    assert [plain(each) for each in read_week(week_words(hours))] == [plain(each) for each in hours]
