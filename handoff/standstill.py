"""The switch of everything that moves a lead to or from a rep by itself."""

from typing import Final

from django.utils.translation import gettext_lazy

from accounts.standstill.switches import Switch, declare

PASSING: Final = declare(
    Switch(
        key="passing",
        order=20,
        label=gettext_lazy("Promote, pass and return leads"),
        short=gettext_lazy("no lead is passed or returned by itself"),
        effect=gettext_lazy(
            "No lead is promoted, passed, warned of or sent back by itself; people accept, reject and pass as ever. "
            "Deadlines do not stop: you choose afterwards what becomes of those that went by."
        ),
    )
)
