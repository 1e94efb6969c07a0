"""The public holidays of countries and their regions, as the `holidays` library knows them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

# The library takes most of a second to import, so only those who ask for holidays wait for it: see _library.


def public_holidays(country: str, subdivision: str = "") -> Mapping[date, str]:
    """The days and their names in the reader's language, of any year that is asked for; none without a country.

    Where the library does not know the language, the names are in the country's own. Left to itself it would take the
    language of the machine.
    """
    if not country:
        return {}
    language = to_locale(get_language() or settings.LANGUAGE_CODE)
    days: Mapping[date, str] = _library().country_holidays(country, subdiv=subdivision or None, language=language)
    return days


def check_place(country: str, subdivision: str = "") -> None:
    """Raises ValidationError, on the field that is wrong, for a country or region whose holidays nobody knows."""
    if not country:
        if subdivision:
            raise ValidationError({"subdivision": _("A region needs its country.")})
        return
    known = _library().list_supported_countries(include_aliases=False)
    if country not in known:
        raise ValidationError(
            {"country": _("No holidays are known of this country. Write it in two letters, like PT.")}
        )
    if subdivision and subdivision not in known[country]:
        regions = ", ".join(known[country])
        sentence = (
            _("This country has these regions: %(regions)s.") if regions else _("This country has no regions here.")
        )
        raise ValidationError({"subdivision": sentence % {"regions": regions}})


def next_holidays(days: Mapping[date, str], since: date, *, count: int) -> Iterator[tuple[date, str]]:
    """The next ones from a day on, at most `count` and none later than two years."""
    for offset in range(2 * 366):
        day = since + timedelta(days=offset)
        if count and day in days:
            yield day, days[day]
            count -= 1


def _library() -> Any:
    import holidays

    return holidays
