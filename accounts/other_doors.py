"""Signing in with an account of Google or Microsoft, for people who are here already, by a verified address."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import render

from accounts.models import User


class InvitedOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Nobody signs up this way, and nobody's account becomes somebody else's."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Who was here this way before is known by the provider's id; who comes first, by a verified address."""
        if sociallogin.is_existing:
            return
        person = _person_of(sociallogin)
        if person is None:
            raise ImmediateHttpResponse(render(request, "socialaccount/not_invited.html", status=403))
        sociallogin.connect(request, person)


def _person_of(sociallogin: SocialLogin) -> User | None:
    """The active person whose address this is. An address that may not be theirs is nobody's."""
    verified = [address.email for address in sociallogin.email_addresses if address.verified is True]
    return User.objects.filter(is_active=True, email__in=[email.strip().lower() for email in verified]).first()
