"""Mail of a copy of an installation: whatever is written, and to whom, one address gets it."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

# Says to whom it would have gone.
MEANT_FOR = "X-Baton-Meant-For"


class EmailBackend(smtp.EmailBackend):
    """Django's, which sends everything to `settings.ALL_MAIL_TO`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            message.extra_headers = message.extra_headers | {MEANT_FOR: ", ".join(message.recipients())}
            message.to, message.cc, message.bcc = [settings.ALL_MAIL_TO], [], []
        return super().send_messages(email_messages)
