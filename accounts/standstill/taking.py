"""The switch of what other systems send."""

from typing import Final

from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException

from accounts.standstill.switches import Switch, declare

RETRY_AFTER: Final = 60  # seconds

TAKING: Final = declare(
    Switch(
        key="taking",
        order=30,
        label=gettext_lazy("Take in what is new"),
        short=gettext_lazy("nothing new is taken in"),
        effect=gettext_lazy(
            "Programs that write by the API are told to come again in a minute, and imports wait. What websites, forms "
            "and webhooks send is kept and taken afterwards."
        ),
    )
)


class ComeAgain(APIException):
    """What a program is told meanwhile."""

    status_code = 503
    default_code = "stands_still"
    default_detail = "Nothing new is taken for the moment: an administrator has said so. Send it again in a minute."
    wait = RETRY_AFTER
