from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People are invited, they do not sign up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
