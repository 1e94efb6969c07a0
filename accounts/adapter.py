from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lib.client import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are invited, they do not sign up."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "too_many_login_attempts": _(
            "This was tried so often that Baton stopped listening. Wait five minutes, then try again; or choose a new "
            "password, which lets you in at once."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What allauth counts attempts by."""
        return client_address(request)
