"""The words of the field that are about how leads come in."""

from django.utils.translation import gettext_lazy as _

from lib.glossary import Term, register

register(
    Term(
        key="channel",
        label=_("Channel"),
        text=_(
            "The kind of way by which somebody came, such as search, referral or paid social. The first touch"
            " and the last one are both kept."
        ),
    ),
    Term(
        key="campaign",
        label=_("Campaign"),
        text=_("One effort in a channel, by the name that its links carry."),
    ),
    Term(
        key="machine",
        label=_("Machine activity"),
        text=_(
            "What a program did in a person's name, such as a mail scanner that follows links. It is kept and"
            " gives no points."
        ),
    ),
    Term(
        key="lead-magnet",
        label=_("Lead magnet"),
        text=_("Content that people get for telling who they are."),
    ),
    Term(
        key="quarantine",
        label=_("Quarantine"),
        text=_(
            "Where messages are kept that could not be used, each with its reason, until they are taken or removed."
        ),
    ),
)
