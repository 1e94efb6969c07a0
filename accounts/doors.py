"""The rules every access door is made of: 404 outside what one may see, 403 inside it without the right."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts.models import User

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request whose user is known to be a person; the type a view behind `role_required` sees."""

    user: User
    htmx: HtmxDetails


def role_required(*roles: str) -> Callable[[View], View]:
    """The page is for people with one of these roles: others are asked to sign in, or told no (403)."""

    def decorate(view: View) -> View:
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not cast("User", request.user).has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.__name__, guarded.__doc__ = view.__name__, view.__doc__
        return login_required(guarded)

    return decorate
