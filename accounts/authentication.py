"""How a program proves who it is to the API: `Authorization: Bearer baton_...`."""

from typing import TYPE_CHECKING, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.keys import KeyRefused, authenticate
from accounts.models import ApiKey
from accounts.standstill.taking import TAKING, ComeAgain
from lib import clock

if TYPE_CHECKING:  # rest_framework.views imports this module, as the settings tell it to
    from rest_framework.views import APIView


class ApiKeyAuthentication(BaseAuthentication):
    """Puts the key into `request.auth`; there is no person behind it."""

    def authenticate(self, request: Request | HttpRequest) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _, secret = get_authorization_header(cast("Request", request)).partition(b" ")  # it reads META alone
        if scheme.lower() != b"bearer":
            return None
        try:
            key = authenticate(secret=secret.strip().decode("latin-1"), now=clock.now())
        except KeyRefused as refused:
            raise AuthenticationFailed(str(refused)) from refused
        if request.method not in SAFE_METHODS and TAKING.was_off:  # the key was looked for just now
            raise ComeAgain
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="baton"'


def key_that_may(scope: str, request: HttpRequest) -> ApiKey | None:
    """The key a request was sent with, where it works and has the scope; what is wrong with another one, the classes
    of this module say."""
    try:
        proof = ApiKeyAuthentication().authenticate(request)
    except APIException:
        return None
    return proof[1] if proof and scope in proof[1].scopes else None


class HasScope(BasePermission):
    """The view names the scope each method needs in `scopes`; a method it does not name is refused."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiKey):
            return False
        needed = getattr(view, "scopes", {}).get("GET" if request.method == "HEAD" else request.method)
        if needed is None:
            raise MethodNotAllowed(str(request.method))
        self.message = f"This API key lacks the scope {needed}."
        return needed in request.auth.scopes
