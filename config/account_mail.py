"""Mails about somebody's own account go the way of all mail: owed with the change they tell of, sent by a worker."""

import uuid
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.adapter import AccountAdapter
from accounts.models import User
from lib import clock
from outbox import letters

# Says which people have signed in with this browser: their public ids, signed.
COOKIE: Final = "baton_known"
FIRST: Final = "baton.first_sign_in"
LASTS: Final = 60 * 60 * 24 * 365  # seconds
MOST: Final = 10  # people of one browser


class MailingAccountAdapter(AccountAdapter):
    """The adapter of sign-in, with mail by letters and with news of a browser that is new."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owes the mail; its subject and text are templates in Baton's words."""
        message = self.render_mail(template_prefix, email, context | {"base_url": settings.BASE_URL})
        letters.write(
            address=email,
            subject=message.subject,
            text=str(message.body),
            dedupe_key=f"account:{uuid.uuid4()}",
            now=clock.now(),
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells somebody what was changed, at the address they sign in with."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def login(self, request: HttpRequest, user: User) -> None:
        """Signs in, and notes whether that is the first time: it is about to be dated."""
        request.META[FIRST] = user.last_login is None
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """After a sign-in: one from a browser that is new to this person is told by mail, but not their first."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known = _people_of(request)
        if user.public_id.hex not in known:
            if not request.META.get(FIRST):
                self.send_notification_mail("account/email/new_sign_in", user)
            known = [user.public_id.hex, *known][:MOST]
        response.set_signed_cookie(
            COOKIE, ".".join(known), max_age=LASTS, httponly=True, secure=settings.HTTPS, samesite="Lax"
        )
        return response


def _people_of(request: HttpRequest) -> list[str]:
    text = request.get_signed_cookie(COOKIE, default="", max_age=LASTS)
    return text.split(".") if text else []
