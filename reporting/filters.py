"""What may be asked of a report. Names and values are parameters of addresses, of the API and of `manage.py report`.

A filter that one report has for itself is declared beside it; these are the ones that several share.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.columns import Text
from reporting.periods import Period, Preset

Choices = TypeVar("Choices", bound=models.TextChoices)


class Options:
    """One question to a report: its days, and the values that were chosen for filters; others have their default."""

    def __init__(self, *, period: Period | None = None, **chosen: str) -> None:
        self.period = period or Period()
        self.chosen = chosen

    def but(self, **changed: str) -> "Options":
        """The same question with other values for some filters."""
        return Options(period=self.period, **{**self.chosen, **changed})


def _always(options: Options) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Generic[Choices]):
    """One thing to choose from a list. A value that is empty is for the code, not for people."""

    name: str
    label: Text
    choices: type[Choices]
    default: Choices
    # For the command line and the API.
    help: Text
    # Whether it makes a difference to a question.
    applies: Callable[[Options], bool] = _always

    def of(self, options: Options) -> Choices:
        """What was chosen in a question."""
        return self.choices(options.chosen.get(self.name, self.default))

    @property
    def values(self) -> list[str]:
        """What may be asked for."""
        return [choice.value for choice in self.choices if choice.value]


# One filter of a list of several, whichever its choices are.
AnyFilter = Filter[Any]


class Mode(models.TextChoices):
    """Whose transitions are counted."""

    COHORT = "cohort", _("Cohort")
    PERIOD = "period", _("Period")

    @property
    def rule(self) -> str:
        """The sentence that belongs under every number of this mode."""
        if self == Mode.COHORT:
            return str(_("Counted over the leads created in the period, whatever happened to them later."))
        return str(_("Counted on the day it happened, whenever the lead was created."))


class Touch(models.TextChoices):
    """Which channel of a lead is its channel."""

    FIRST = "first", _("First touch")
    LAST = "last", _("Last touch")

    @property
    def rule(self) -> str:
        """The sentence that says to which row a lead belongs."""
        if self == Touch.FIRST:
            return str(_("A lead belongs to the channel through which it first came."))
        return str(_("A lead belongs to the channel through which it last came."))


class By(models.TextChoices):
    """What the rows are."""

    CHANNEL = "channel", _("Channel")
    MONTH = "month", _("Month")
    # Everything in one row: the totals of a period by month, where one lead may count in two months.
    NOTHING = "", _("Nothing")


MODE: Final = Filter(
    name="mode",
    label=_("Counted as"),
    choices=Mode,
    default=Mode.COHORT,
    help=_("cohort (the default) or period"),
)
BY: Final = Filter(
    name="by",
    label=_("Rows"),
    choices=By,
    default=By.CHANNEL,
    help=_("what a row is: channel (the default) or month"),
)
TOUCH: Final = Filter(
    name="touch",
    label=_("Channel of"),
    choices=Touch,
    default=Touch.FIRST,
    help=_("whose channel counts: first (the default) or last"),
    applies=lambda options: BY.of(options) == By.CHANNEL,
)
# Days that are given win over it. Every report has it.
PERIOD: Final = Filter(
    name="period",
    label=_("Period"),
    choices=Preset,
    default=Preset.ALL,
    help=_("a period by name; the default is all"),
)
