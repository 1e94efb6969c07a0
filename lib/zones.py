"""Time zones by their names, whose day a day is, and times that clocks skip or show twice."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers.timezone import time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA


def organisation_zone() -> tzinfo:
    """The zone of the organisation (BATON_TIME_ZONE): a day without a clock is a day of this zone, whoever says it."""
    return timezone.get_default_timezone()


def zone_of(name: str) -> tzinfo:
    """The zone of this name; the organisation's for a name that is none, which must not lock anybody out."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return organisation_zone()


def zone_of_place(*, country: str, phone: str, at: datetime) -> tzinfo:
    """The zone in which somebody of this country and telephone number lives, as far as that is known at the moment.

    Where all zones of the country show the same time it is one of them; else the one the number is of, if it says; else
    the organisation's.
    """
    zones = TIMEZONE_DATA.get(str(phonenumbers.country_code_for_region(country)), ()) if country else ()
    for names in (zones, _zones_of_number(phone, country)):
        offsets = {at.astimezone(ZoneInfo(name)).utcoffset() for name in names}
        if len(offsets) == 1:
            return ZoneInfo(names[0])
    return organisation_zone()


def _zones_of_number(phone: str, country: str) -> tuple[str, ...]:
    try:
        number = phonenumbers.parse(phone, country or None) if phone else None
    except phonenumbers.NumberParseException:
        return ()
    known = time_zones_for_number(number) if number else ()
    return tuple(name for name in known if "/" in name and not name.startswith("Etc/"))


def zone_name(written: str) -> str:
    """The name of the zone; raises ValidationError for a text that names none."""
    try:
        return ZoneInfo(written).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(_("This is no time zone. Write it like Europe/Lisbon.")) from error


def organisation_day(moment: datetime) -> date:
    """The organisation's day in which the moment lies."""
    return timezone.localdate(moment, organisation_zone())


def start_of_day(day: date) -> datetime:
    """The first moment of the organisation's day."""
    return first_moment(datetime.combine(day, time()), organisation_zone())


def first_moment(wall: datetime, zone: tzinfo) -> datetime:
    """The first moment at which clocks of the zone show `wall` (naive) or later; aware, in that zone.

    Of a time that clocks show twice it is the earlier one; of one they skip, the moment at which they skip it.
    """
    moment = wall.replace(tzinfo=zone, fold=0)
    if not is_skipped(wall, zone):
        return moment
    # Read with the offset from before the gap it lies behind it, with the one from after it before it.
    late, early = moment.astimezone(UTC), moment.replace(fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0).astimezone(zone)


def is_skipped(wall: datetime, zone: tzinfo) -> bool:
    """Whether clocks of the zone never show this time, since they are put forward over it."""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(
        fold=0
    )


def is_repeated(wall: datetime, zone: tzinfo) -> bool:
    """Whether clocks of the zone show this time twice, since they are put back over it."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not is_skipped(wall, zone)
