"""Dates as people and programs write them.

A moment with the year in front or with the month as a word can be read in one way; dots are day.month.year.
Of `3/4/2024` the column decides: one value over 12 on either side settles all. Where nothing does, or where the
column contradicts itself, a person has to say it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from django.utils.translation import gettext as _

from leads.normalise import Refusal, sane_moment
from lib.text import storable
from lib.zones import first_moment, start_of_day

DAY_FIRST: Final = "dmy"
MONTH_FIRST: Final = "mdy"
ORDERS: Final = (DAY_FIRST, MONTH_FIRST)
# Somebody said that dots have the month first, too; nothing but that makes them.
DOTS_MONTH_FIRST: Final = "mdy."

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ,]+(.+))?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,]+(.+))?", re.ASCII)
_WORD_SECOND: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ .-]+([A-Za-z]{3,9})[ .,-]+(\d{4}|\d{2})(?:[T ,]+(.+))?", re.ASCII
)
_WORD_FIRST: Final = re.compile(r"([A-Za-z]{3,9})[ .-]+(\d{1,2})(?:st|nd|rd|th)?[ ,-]+(\d{4})(?:[ ,]+(.+))?", re.ASCII)
_CLOCK: Final = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.ASCII,
)
_EPOCH_LENGTHS: Final = {10: 1, 13: 1000}


@dataclass(frozen=True, slots=True)
class Order:
    """What a column says about day and month: the order, or why it has to be asked, with a value to show."""

    order: str = ""
    example: str = ""
    contradicts_itself: bool = False
    is_dotted: bool = False

    @property
    def must_be_asked(self) -> bool:
        return bool(self.example) and not self.order

    def settled(self, answer: str) -> str:
        """The order with what a person answered; an answer about dots is kept apart from one about other signs."""
        if self.is_dotted and answer == MONTH_FIRST:
            return DOTS_MONTH_FIRST
        return self.order or answer


def order_of(values: Iterable[str]) -> Order:
    """Which comes first in the `3/4/2024` of a column: see the rule at the top of the module.

    Only a day that exists tells anything. Dots are asked about when some of them have the month first.
    """
    slashes, dots = _Evidence(), _Evidence()
    for value in values:
        if match := _NUMBERS.fullmatch(value.strip()):
            (dots if match[2] == "." else slashes).add(match, value)
    if dots.is_month_first and dots.example:
        return Order(example=dots.example, contradicts_itself=True, is_dotted=True)
    if slashes.is_day_first and slashes.is_month_first:
        return Order(example=slashes.example, contradicts_itself=True)
    order = DAY_FIRST if slashes.is_day_first else MONTH_FIRST if slashes.is_month_first else ""
    return Order(order=order, example=slashes.example)


@dataclass(slots=True)
class _Evidence:
    """What the values of a column with one kind of sign say, and the first that can be read in two ways."""

    is_day_first: bool = False
    is_month_first: bool = False
    example: str = ""

    def add(self, match: re.Match[str], value: str) -> None:
        one, two, year = int(match[1]), int(match[3]), _full_year(match[4])
        day_first, month_first = _exists(year, two, one), _exists(year, one, two)
        self.is_day_first |= day_first and not month_first
        self.is_month_first |= month_first and not day_first
        if day_first and month_first and one != two and not self.example:
            self.example = storable(value.strip()[:40])


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def read_moment(text: str, *, order: str, zone: tzinfo, now: datetime, field: str) -> datetime:
    """The moment in UTC; in `zone` without an offset, and without a clock the start of the organisation's day.

    Raises Refusal.
    """
    try:
        moment = _moment(text.strip(), order, zone)
    except (ValueError, OverflowError) as error:
        message = _("“%(text)s” is no date Baton can read. Write it like 2026-03-10 or 2026-03-10 09:00.")
        raise Refusal("invalid_time", field, message % {"text": storable(text[:40])}) from error
    return sane_moment(moment, now=now, field=field)


def reads_as_date(text: str) -> bool:
    """Whether the text is a date in some order of day and month; short numbers are not."""
    if text.isdecimal() and len(text) not in _EPOCH_LENGTHS:
        return False
    try:
        _moment(text.strip(), DAY_FIRST, UTC)
    except (ValueError, OverflowError):
        return False
    return True


def _moment(text: str, order: str, zone: tzinfo) -> datetime:
    if len(text) > 60:
        raise ValueError(text)
    if text.isascii() and text.isdecimal() and len(text) in _EPOCH_LENGTHS:
        return datetime.fromtimestamp(int(text) / _EPOCH_LENGTHS[len(text)], UTC)
    year, month, day, clock = _parts(text, order)
    return _at_clock(datetime(year, month, day), clock, zone) if clock else start_of_day(date(year, month, day))  # noqa: DTZ001


def _parts(text: str, order: str) -> tuple[int, int, int, str]:
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4]), match[5] or ""
    if match := _NUMBERS.fullmatch(text):
        one, two = int(match[1]), int(match[3])
        is_asked = order == DOTS_MONTH_FIRST or (order == MONTH_FIRST and match[2] != ".")
        is_month_first = one <= 12 and (two > 12 or is_asked)
        day, month = (two, one) if is_month_first else (one, two)
        return _full_year(match[4]), month, day, match[5] or ""
    if match := _WORD_SECOND.fullmatch(text):
        return _full_year(match[3]), _month(match[2]), int(match[1]), match[4] or ""
    if match := _WORD_FIRST.fullmatch(text):
        return int(match[3]), _month(match[1]), int(match[2]), match[4] or ""
    raise ValueError(text)


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _at_clock(midnight: datetime, clock: str, zone: tzinfo) -> datetime:
    match = _CLOCK.fullmatch(clock.strip())
    if match is None:
        raise ValueError(clock)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + (12 if match[5][0] in "Pp" else 0)
    moment = midnight.replace(
        hour=hour, minute=minute, second=second, microsecond=int((match[4] or "0")[:6].ljust(6, "0"))
    )
    return moment.replace(tzinfo=_offset(match[6])) if match[6] else first_moment(moment, zone)


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)


def name_of(order: str) -> str:
    return _("day first (31/12/2026)") if order == DAY_FIRST else _("month first (12/31/2026)")


def orders_to_ask(examples: Sequence[tuple[str, Order]]) -> list[tuple[str, Order]]:
    """The fields, with what was found, whose order a person has to say."""
    return [(field, order) for field, order in examples if order.must_be_asked]
