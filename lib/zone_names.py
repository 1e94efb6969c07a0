"""Names of time zones, as people write them."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def zone_name(written: str) -> str:
    """The name of the zone; raises ValidationError for a text that names none."""
    try:
        return ZoneInfo(written).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(_("This is no time zone. Write it like Europe/Lisbon.")) from error
