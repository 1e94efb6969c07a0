"""What the home page says of API keys: those that end soon, while there is time to give the system another one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import home
from accounts.home import Need, Part
from accounts.models import ApiKey, User
from accounts.roles import ADMINISTRATOR
from lib.moments import relative_time

SOON: Final = timedelta(days=30)
VERY_SOON: Final = timedelta(days=7)


def _needs(user: User, now: datetime) -> Iterator[Need]:
    """Of keys that are used; one that has ended is said for as long as it was said beforehand."""
    used = ApiKey.objects.filter(revoked_at=None, last_used_at__gt=now - SOON - SOON)
    for key in used.filter(expires_at__lte=now + SOON, expires_at__gt=now - SOON).order_by("expires_at", "pk"):
        ended = _("The API key of %(name)s has ended. The system that uses it needs another one.")
        ends = _("The API key of %(name)s ends %(when)s. Make another one and give it to the system that uses it.")
        sentence = ended if key.expires_at <= now else ends
        is_late = key.expires_at <= now + VERY_SOON
        yield Need(
            text=sentence % {"name": key.name, "when": relative_time(key.expires_at, now)},
            url=reverse("keys:list"),
            icon="late" if is_late else "clock-soon",
            meaning="late" if is_late else "soon",
        )


home.offer(Part(role=ADMINISTRATOR, order=25, needs=_needs))
