from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from lib.zones import zone_of


class SignInWholePage:
    """A part of a page that finds the session gone sends the whole page to the sign-in, and back to where it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        door = resolve_url(settings.LOGIN_URL)
        htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
        if htmx and isinstance(response, HttpResponseRedirect) and response.url.startswith(door):
            back = urlencode({"next": htmx.current_url_abs_path or "/"})
            return HttpResponse(status=204, headers={"HX-Redirect": f"{door}?{back}"})
        return response


class PersonalTimeZone:
    """Times on a page are in the zone of the person who reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.get_response(request)
        with timezone.override(zone_of(request.user.time_zone)):
            return self.get_response(request)
