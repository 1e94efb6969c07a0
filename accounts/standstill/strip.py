"""What every page says while something stands still."""

from django.http import HttpRequest

from accounts.standstill.switches import switches


def strip(request: HttpRequest) -> dict[str, object]:
    """The switches that are off, as the person of the session was read with them (accounts/backend.py)."""
    off = getattr(getattr(request, "user", None), "switched_off", ())
    return {"switched_off": [switch for switch in switches() if switch.key in off]} if off else {}
