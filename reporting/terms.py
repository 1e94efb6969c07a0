"""The words of the field that are about what came of leads."""

from django.utils.translation import gettext_lazy as _

from lib.glossary import Term, register

register(
    Term(
        key="cohort",
        label=_("Cohort"),
        text=_(
            "The leads that became something in the same time, followed to the end: of the MQLs of March, how"
            " many are customers, whenever that was."
        ),
    ),
    Term(
        key="period",
        label=_("Period"),
        text=_(
            "Everything that happened between two days, whichever leads it happened to: the MQLs of March and"
            " the customers of March."
        ),
    ),
    Term(
        key="conversion",
        label=_("Conversion"),
        text=_("The share of leads that went on from one stage to a later one."),
    ),
    Term(
        key="velocity",
        label=_("Lead velocity"),
        text=_("How many days leads take from one stage to the next, as mean and as median."),
    ),
)
