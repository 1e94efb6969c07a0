"""A form field for how long something may take, as people write it: 24 h, 15 min, 1 h 30 min, 2 days."""

import re
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lib.moments import duration_words
from lib.number_reading import LONGEST, NotANumber, read_number

UNITS: Final = {
    **dict.fromkeys(("d", "day", "days"), "days"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hours"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "minutes"),
}
# Each part a number with its unit. Neither repeats the other's characters, so that nothing is tried twice.
PART: Final = re.compile(r"\s*(?P<number>\d[\d.,]*)\s*(?P<unit>[^\W\d_]+)\s*(?:and\b|,)?", re.IGNORECASE)
CLOCK: Final = re.compile(r"(?P<hours>\d{1,4}):(?P<minutes>[0-5]\d)")


class DurationTextField(forms.Field):
    """A whole number of minutes, as a timedelta. A number alone is refused: it could be hours or minutes."""

    default_error_messages = {
        "invalid": _("Write it with its unit, like 15 min, 4 h, 1 h 30 min or 2 days."),
        "not_whole": _("Write whole minutes."),
    }

    def prepare_value(self, value: Any) -> Any:
        """What is stored, in words that can be sent back as they are."""
        return duration_words(value) if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, timedelta):
            return value or None
        try:
            span = read_duration(str(value)[:LONGEST])
        except (NotANumber, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if span % timedelta(minutes=1):
            raise ValidationError(self.error_messages["not_whole"], code="not_whole")
        return span

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def read_duration(text: str) -> timedelta:
    """The span of "1 h 30 min", "1.5 hours" or "1:30" (hours and minutes).

    Raises NotANumber for what says no span or has two readings, OverflowError for one too long.
    """
    text = text.strip()
    if clock := CLOCK.fullmatch(text):
        return timedelta(hours=int(clock["hours"]), minutes=int(clock["minutes"]))
    span, read_to = timedelta(), 0
    while read_to < len(text):
        part = PART.match(text, read_to)
        unit = UNITS.get(part["unit"].lower()) if part else None
        if part is None or unit is None:
            raise NotANumber(text)
        span += timedelta(**{unit: float(read_number(part["number"].rstrip(",")))})
        read_to = part.end()
    return span
