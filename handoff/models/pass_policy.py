"""When leads go to sales, and who looks at them first."""

from datetime import time, timedelta
from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.models.calendars import Calendar
from handoff.models.sla_policy import LONGEST, SHORTEST
from lib.singleton import Singleton

MOST_MQLS: Final = 1_000_000


class PassPolicy(Singleton):
    """How leads that qualify reach sales: whether marketing looks first, and when they are passed."""

    class Check(models.TextChoices):
        NOBODY = "nobody", _("no lead; each goes to sales unseen")
        ORDINARY = "ordinary", _("every lead but those on the fast track")
        EVERYBODY = "everybody", _("every lead")

    class Pass(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("once a day, together")

    read_with = ("calendar", "fallback")

    checks = models.CharField(
        _("marketing checks"),
        max_length=9,
        choices=Check,
        default=Check.NOBODY,
        help_text=_("A lead that is checked waits on the review page until marketing passes it or takes it back."),
    )
    when = models.CharField(
        _("leads are passed"),
        max_length=7,
        choices=Pass,
        default=Pass.AT_ONCE,
        help_text=_("Fast-track leads are always passed at once."),
    )
    daily_at = models.TimeField(_("daily pass at"), default=time(9), help_text=_("On the clock of the calendar."))
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        verbose_name=_("calendar"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The days of the daily pass. Empty: Monday to Friday on the clock of this installation."),
    )
    check_within = models.DurationField(
        _("time to check"),
        default=timedelta(hours=24),
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
        help_text=_("What marketing promises, such as 30 min or 8 h; a lead passed later counts as passed late."),
    )
    fallback = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("when nobody is in"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who gets leads while no rep is in. Empty: they wait until one is."),
    )

    mqls_per_month = models.PositiveIntegerField(
        _("MQLs a month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MQLS)],
        help_text=_("How many MQLs marketing means to bring each month. Empty: there is no goal."),
    )

    class Meta:
        verbose_name = _("set of rules for passing leads to sales")
        verbose_name_plural = _("rules for passing leads to sales")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="pass_policy_is_one"),
            models.CheckConstraint(condition=Q(check_within__range=(SHORTEST, LONGEST)), name="time_to_check_is_sound"),
            models.CheckConstraint(
                condition=Q(mqls_per_month=None) | Q(mqls_per_month__range=(1, MOST_MQLS)), name="mql_goal_is_sound"
            ),
        ]

    def __str__(self) -> str:
        return str(_("how leads are passed to sales"))
