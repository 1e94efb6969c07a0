"""What is recorded of an address that a person wrote: that its owner was asked, and that they said it is theirs."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from leads.events import EventKind, register

# The data is a digest of the address, so that each is known from the others and none is said.
ADDRESS_ASKED: Final = register(
    EventKind(
        key="lead.address_asked",
        label=_("Address to be confirmed"),
        sentence=_("A mail to the new address asks whether it is theirs."),
        icon="mail",
        meaning="",
        personal=("address",),
    )
)
ADDRESS_CONFIRMED: Final = register(
    EventKind(
        key="lead.address_confirmed",
        label=_("Address confirmed"),
        sentence=_("They confirmed their address by the link of our mail."),
        icon="check",
        personal=("address",),
    )
)
