"""Where a lead stands: how far it has come, and what is happening with it. Each value is declared here, once."""

from typing import Final, Self

from django.db import models
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """The furthest agreed point of the current run. Order matters: later is further."""

    LEAD = "lead", _("lead")
    MQL = "mql", _("MQL")
    SAL = "sal", _("SAL")
    SQL = "sql", _("SQL")
    OPPORTUNITY = "opportunity", _("opportunity")
    CUSTOMER = "customer", _("customer")

    @property
    def position(self) -> int:
        """How far it is: 1 for a lead, 6 for a customer."""
        return list(type(self)).index(self) + 1


# From the first to the furthest, as lists are sorted and an index has it.
BY_STAGE: Final = Case(*(When(stage=stage.value, then=Value(stage.position)) for stage in Stage))


class Status(models.TextChoices):
    """What is happening with the lead now: value, icon and meaning of its badge, label."""

    icon: str  # a file of static/icons, or none
    meaning: str  # a class of static/css/components/badge.css, or none

    def __new__(cls, value: str, icon: str = "", meaning: str = "") -> Self:
        """One status with what its badge looks like."""
        status = str.__new__(cls, value)
        status._value_ = value
        status.icon, status.meaning = icon, meaning
        return status

    NEW = "new", _("new")
    NURTURING = "nurturing", "nurture", _("nurturing")
    AWAITING_REVIEW = "awaiting_review", "eye", "accent", _("awaiting review")
    AWAITING_SALES = "awaiting_sales", "clock", "accent", _("awaiting sales")
    WORKING = "working", "arrow-right", "accent", _("working")
    RECYCLED = "recycled", "return", _("recycled")
    DISQUALIFIED = "disqualified", "block", "outline", _("disqualified")
    CONVERTED = "converted", "check", "accent", _("converted")
    LOST = "lost", "minus", "outline", _("lost")
