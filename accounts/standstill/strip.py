"""What every page says while something stands still."""

from django.conf import settings
from django.http import HttpRequest

from accounts.standstill.switches import switches


def strip(request: HttpRequest) -> dict[str, object]:
    """The switches that are off, as the person of the session was read with them (accounts/backend.py).

    And the address to which a copy sends all its mail.
    """
    off = getattr(getattr(request, "user", None), "switched_off", ())
    context: dict[str, object] = {"all_mail_to": settings.ALL_MAIL_TO}
    return context | {"switched_off": [switch for switch in switches() if switch.key in off]} if off else context
