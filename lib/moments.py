"""Moments and spans in words, the same everywhere: "3 h ago", "5 h 12 min left", "due 16:40"."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lib import clock
from lib.zones import first_moment, organisation_zone

SOON_SHARE = 0.75  # a clock says "soon" when a quarter or less of its time is left

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """How a clock stands. share is what is used of the time, 0 to 1; meaning is fine, soon or late."""

    words: str
    due_words: str
    share: float
    meaning: str


def span_words(span: timedelta) -> str:
    """Two units at most: 2 d 3 h, 5 h 12 min, 12 min, less than a minute."""
    seconds = int(abs(span.total_seconds()))
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours} if hours else _("%d d") % days
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes} if minutes else _("%d h") % hours
    if minutes:
        return _("%d min") % minutes
    return _("less than a minute")


def duration_words(span: timedelta) -> str:
    """How long something may take, in whole hours and minutes: 24 hours, 1 hour 30 minutes, 5 minutes."""
    hours, minutes = divmod(int(span.total_seconds()) // MINUTE, HOUR // MINUTE)
    words = [ngettext("%d hour", "%d hours", hours) % hours] if hours or not minutes else []
    if minutes:
        words.append(ngettext("%d minute", "%d minutes", minutes) % minutes)
    return " ".join(words)


def seconds_words(seconds: int) -> str:
    """How long somebody looked at something: 59 s, 3 min 45 s, 1 h 10 min."""
    if seconds < MINUTE:
        return _("%d s") % seconds
    if seconds < HOUR and seconds % MINUTE:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": seconds // MINUTE, "seconds": seconds % MINUTE}
    return span_words(timedelta(seconds=seconds))


def moment_words(moment: datetime) -> str:
    """9 Mar 2026, 14:05, as its reader's clock shows it."""
    return date_format(timezone.localtime(moment), "j M Y, H:i")


def until_words(moment: datetime, form: str = "j M Y") -> str:
    """An end, as what follows "until": 22 Dec 2026 where that day ends with it, else 22 Dec 2026, 14:05.

    A day ends where the reader's clock says so, or the organisation's: of 23 Dec, 00:00 nobody knows whether the 23rd
    still counts.
    """
    for zone in (timezone.get_current_timezone(), organisation_zone()):
        local = moment.astimezone(zone)
        if local == first_moment(datetime.combine(local.date(), time()), zone):
            return date_format(local.date() - timedelta(days=1), form)
    return date_format(timezone.localtime(moment), f"{form}, H:i")


def time_left(due: datetime | None, now: datetime | None = None) -> str:
    """5 h 12 min left, or 2 h 5 min late."""
    if due is None:
        return _("no deadline")
    left = due - (now or clock.now())
    if left > timedelta(0):
        return _("%(span)s left") % {"span": span_words(left)}
    return _("%(span)s late") % {"span": span_words(left)}


def due_words(due: datetime | None, now: datetime | None = None) -> str:
    """due 16:40 (today), due tomorrow 09:10, due Mon 24 Nov 09:10."""
    if due is None:
        return ""
    local, today = timezone.localtime(due), timezone.localdate(now)
    clock = date_format(local, "H:i")
    if local.date() == today:
        return _("due %(clock)s") % {"clock": clock}
    if local.date() == today + timedelta(days=1):
        return _("due tomorrow %(clock)s") % {"clock": clock}
    if local.date() == today - timedelta(days=1):
        return _("due yesterday %(clock)s") % {"clock": clock}
    return _("due %(day)s %(clock)s") % {"day": _day_words(local.date(), today), "clock": clock}


def deadline(since: datetime | None, due: datetime, now: datetime | None = None) -> Deadline:
    """Say how a clock stands: late from due on, soon when at most a quarter is left, else fine."""
    now = now or clock.now()
    whole = (due - since).total_seconds() if since else 0.0
    used = (now - since).total_seconds() if since else 0.0
    share = 1.0 if now >= due else max(0.0, min(1.0, used / whole)) if whole > 0 else 0.0
    meaning = "late" if now >= due else "soon" if share >= SOON_SHARE else "fine"
    return Deadline(words=time_left(due, now), due_words=due_words(due, now), share=share, meaning=meaning)


def relative_time(moment: datetime | date | None, now: datetime | None = None) -> str:
    """A <time> element: words to read, the exact moment with its zone in the title."""
    if moment is None:
        return "–"
    now = now or clock.now()
    if not isinstance(moment, datetime):
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            moment.isoformat(),
            date_format(moment, "l j F Y"),
            _date_words(moment, timezone.localdate(now)),
        )
    local = timezone.localtime(moment)
    exact = f"{_day(local.date(), 'D j M Y')}, {local:%H:%M:%S} {local.tzname()}"
    # Put together by hand: a list has a hundred of them.
    return mark_safe(  # noqa: S308
        f'<time datetime="{moment.isoformat()}" title="{escape(exact)}">{escape(_moment_words(local, now))}</time>'
    )


def _moment_words(local: datetime, now: datetime) -> str:
    """Of a moment as its reader's clock shows it."""
    seconds = int((now - local).total_seconds())
    distance, is_past = abs(seconds), seconds >= 0
    if distance < MINUTE:
        return _("just now") if is_past else _("in a moment")
    if distance < HOUR:
        return (_("%d min ago") if is_past else _("in %d min")) % (distance // MINUTE)
    if distance < DAY:
        return (_("%d h ago") if is_past else _("in %d h")) % (distance // HOUR)
    return _date_words(local.date(), now.astimezone(local.tzinfo).date())


def _date_words(day: date, today: date) -> str:
    distance = (today - day).days
    if distance == 0:
        return _("today")
    if distance in (1, -1):
        return _("yesterday") if distance == 1 else _("tomorrow")
    if 1 < distance < 14:
        return ngettext("%d day ago", "%d days ago", distance) % distance
    if -14 < distance < -1:
        return ngettext("in %d day", "in %d days", -distance) % -distance
    return _day(day, "j M Y")


def _day_words(day: date, today: date) -> str:
    return _day(day, "D j M" if day.year == today.year else "j M Y")


def _day(day: date, form: str) -> str:
    return _day_in(get_language(), day, form)


@lru_cache(maxsize=2048)  # a list says a hundred days, the same ones again and again, and each takes longer than a row
def _day_in(language: str | None, day: date, form: str) -> str:
    return date_format(day, form)
