from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User


class PersonalTimeZone:
    """Times on a page are in the zone of the person who reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.get_response(request)
        try:
            zone = ZoneInfo(request.user.time_zone)
        except (ValueError, OSError):  # an unknown name must not lock anybody out
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)
