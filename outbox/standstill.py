"""The switch of everything that leaves."""

from typing import Final

from django.utils.translation import gettext_lazy

from accounts.standstill.switches import Switch, declare

SENDING: Final = declare(
    Switch(
        key="sending",
        order=10,
        label=gettext_lazy("Send mail and messages"),
        short=gettext_lazy("nothing is sent"),
        effect=gettext_lazy("Nothing leaves: no mail, no message to a chat. It waits and is sent afterwards."),
    )
)
