"""What may be asked of a report. The values are the parameters of addresses and of `manage.py report`."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.periods import Period


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
    """What the rows of the funnel are."""

    CHANNEL = "channel", _("Channel")
    MONTH = "month", _("Month")
    # Everything in one row: the totals of a period by month, where one lead may count in two months.
    NOTHING = "", _("Nothing")


class Segment(models.TextChoices):
    """What leads can have in common."""

    JOB_TITLE = "job_title", _("Job title")
    COMPANY_SIZE = "company_size", _("Company size")
    INDUSTRY = "industry", _("Industry")
    COUNTRY = "country", _("Country")
    CAMPAIGN = "campaign", _("First campaign")
    PERSONA = "persona", _("Persona")


@dataclass(frozen=True, slots=True)
class Options:
    """One question to a report; the defaults are those of the command and of the pages."""

    mode: Mode = Mode.COHORT
    touch: Touch = Touch.FIRST
    by: By = By.CHANNEL
    segment: Segment = Segment.JOB_TITLE
    period: Period = field(default_factory=Period)
