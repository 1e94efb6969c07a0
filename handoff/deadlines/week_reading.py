"""The hours of a week as people write them: Monday to Friday 9 to 12:30 and 13:30 to 17, Saturday 10-14.

The reverse of `policy_words.week_words`: what that one writes, this one reads.
"""

import re
from collections.abc import Iterator
from datetime import time
from itertools import pairwise
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from handoff.models.calendars import WEEKDAYS, OpenHours

MIDNIGHT: Final = time(0)
# Of what a name of a day may be cut down to: "Mo", "Tue", "Thurs".
SHORTEST_NAME: Final = 2
EVERY_DAY: Final = {
    "daily": range(7), "everyday": range(7), "every day": range(7), "weekdays": range(5), "weekends": range(5, 7),
    "weekend": range(5, 7),
}  # fmt: skip
TOKEN: Final = re.compile(
    r"\s*(?:(?P<clock>\d{1,2}(?:[:.h]\d{2})?)\s*(?P<half>[ap]\.?m\b\.?|h\b|o'clock\b)?"
    r"|(?P<dash>[-–—])|(?P<mark>[,;:&+]|\.(?!\d))|(?P<word>every day|[^\W\d_]+))",
    re.IGNORECASE,
)
RANGE_WORDS: Final = frozenset({"to", "until", "till", "through"})
LIST_WORDS: Final = frozenset({"and", "on", "from", "also"})


class _Token(NamedTuple):
    kind: str
    text: str
    days: range = range(0)
    at: time = MIDNIGHT


def read_week(text: str) -> list[OpenHours]:
    """The stretches of the week as rows of no calendar yet, in order and without overlap.

    Raises ValidationError, in words that name the part that cannot be read.
    """
    stretches: list[OpenHours] = []
    days: list[int] = []
    tokens = list(_tokens(text))
    while tokens:
        if tokens[0].kind == "day":
            days = _take_days(tokens)
            if not tokens:
                raise ValidationError(_("Say from when to when people work on the last days named."))
            continue
        opens, closes = _take_hours(tokens)
        if not days:
            raise ValidationError(_("Name the days before their hours, like Monday to Friday 9 to 17."))
        stretches += [OpenHours(weekday=day, opens_at=opens, closes_at=closes) for day in days]
    if not stretches:
        raise ValidationError(_("A calendar that never opens has no business hours. Name days and hours."))
    return _in_order(stretches)


def _take_days(tokens: list[_Token]) -> list[int]:
    days: list[int] = []
    while tokens and tokens[0].kind == "day":
        first = tokens.pop(0)
        if len(tokens) > 1 and tokens[0].kind == "range" and tokens[1].kind == "day":
            last = tokens[1].days[-1]
            del tokens[:2]
            # Saturday to Monday goes over the end of the week.
            days += [day % 7 for day in range(first.days[0], last + (7 if last < first.days[0] else 0) + 1)]
        else:
            days += first.days
    return days


def _take_hours(tokens: list[_Token]) -> tuple[time, time]:
    opens = tokens.pop(0)
    if opens.kind != "time" or len(tokens) < 2 or tokens[0].kind != "range" or tokens[1].kind != "time":
        raise ValidationError(
            _("“%(text)s” is not understood. Write hours like 9 to 12:30 and 13:30 to 17.") % {"text": opens.text}
        )
    closes = tokens[1]
    del tokens[:2]
    if closes.at not in (MIDNIGHT, max(opens.at, closes.at)) or (closes.at == opens.at != MIDNIGHT):
        raise ValidationError(
            _("%(opens)s to %(closes)s ends before it begins. Hours over midnight are two parts: 22 to 24 and 0 to 2.")
            % {"opens": opens.text, "closes": closes.text}
        )
    return opens.at, closes.at


def _in_order(stretches: list[OpenHours]) -> list[OpenHours]:
    stretches = sorted(stretches, key=lambda each: (each.weekday, each.opens_at, each.closes_at))
    for first, second in pairwise(stretches):
        reaches_into = first.closes_at == MIDNIGHT or first.closes_at > second.opens_at
        if first.weekday == second.weekday and reaches_into:
            raise ValidationError(_("%(first)s and %(second)s overlap.") % {"first": first, "second": second})
    return stretches


def _tokens(text: str) -> Iterator[_Token]:
    """Days, times and what stands for "to"; what only separates is left out."""
    read_to, text = 0, text.strip()
    while read_to < len(text):
        match = TOKEN.match(text, read_to)
        if match is None:
            raise ValidationError(_("“%(text)s” is not understood.") % {"text": text[read_to:].strip()[:40]})
        read_to = match.end()
        if match["clock"]:
            yield _Token("time", match[0].strip(), at=_time(match["clock"], (match["half"] or "").lower()))
        elif match["dash"]:
            yield _Token("range", match["dash"])
        elif match["word"] and (token := _word(match["word"])):
            yield token


def _word(word: str) -> _Token | None:
    """None for a word that only joins."""
    lower = word.lower()
    if lower in RANGE_WORDS or lower == _("to"):
        return _Token("range", word)
    if lower in LIST_WORDS or lower == _("and"):
        return None
    if lower in ("noon", "midnight"):
        return _Token("time", word, at=time(12) if lower == "noon" else MIDNIGHT)
    if days := EVERY_DAY.get(lower):
        return _Token("day", word, days)
    known = [day for day, name in WEEKDAYS if str(name).lower().startswith(lower)]
    if len(known) != 1 or len(lower) < SHORTEST_NAME:
        raise ValidationError(_("“%(word)s” is no day of the week.") % {"word": word})
    return _Token("day", word, range(known[0], known[0] + 1))


def _time(clock: str, half: str) -> time:
    hours, _mark, minutes = clock.lower().replace(".", ":").replace("h", ":").partition(":")
    hour, minute = int(hours), int(minutes or 0)
    if half[:1] in ("a", "p"):
        if not 1 <= hour <= 12:
            raise ValidationError(_("“%(time)s” is no time of the day.") % {"time": f"{clock} {half}"})
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if (hour, minute) == (24, 0):
        return MIDNIGHT
    if hour > 23 or minute > 59:
        raise ValidationError(_("“%(time)s” is no time of the day.") % {"time": clock})
    return time(hour, minute)
