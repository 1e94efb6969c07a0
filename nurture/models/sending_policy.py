"""How many mails one person gets, and when."""

from datetime import time
from typing import Final, NamedTuple

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.singleton import Singleton

MOST_MAILS: Final = 1_000
MOST_DAYS: Final = 90


class Quiet(NamedTuple):
    """From when to when, and whether all weekend, as outbox/quiet_hours.py counts it."""

    starts_at: time
    ends_at: time
    weekends: bool


class SendingPolicy(Singleton):
    """The caps over everything that marketing sends to one person, and how long a mail may wait for them."""

    a_day = models.PositiveSmallIntegerField(
        _("mails in 24 hours"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MAILS)],
        help_text=_("As many mails as one person gets at most, whoever sends them."),
    )
    a_week = models.PositiveSmallIntegerField(
        _("mails in 7 days"), default=3, validators=[MinValueValidator(1), MaxValueValidator(MOST_MAILS)]
    )
    a_month = models.PositiveSmallIntegerField(
        _("mails in 30 days"), default=8, validators=[MinValueValidator(1), MaxValueValidator(MOST_MAILS)]
    )
    longest_wait_days = models.PositiveSmallIntegerField(
        _("days that a mail may wait"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text=_("A mail that cannot be sent by then is not sent, and says why."),
    )

    quiet_from = models.TimeField(
        _("no mail from"),
        null=True,
        blank=True,
        help_text=_("On the clock of each person, as far as it is known where they live. Empty: at any hour."),
    )
    quiet_to = models.TimeField(_("until"), null=True, blank=True)
    quiet_weekends = models.BooleanField(_("no mail on Saturday and Sunday"), default=False, db_default=False)

    class Meta:
        verbose_name = _("set of rules for sending mails")
        verbose_name_plural = _("rules for sending mails")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="sending_policy_is_one"),
            models.CheckConstraint(
                condition=Q(a_day__gte=1, a_week__gte=F("a_day"), a_month__gte=F("a_week"), a_month__lte=MOST_MAILS),
                name="caps_are_in_order",
                violation_error_message=_("The longer the time, the more mails: 30 days allow no fewer than 7."),
            ),
            models.CheckConstraint(condition=Q(longest_wait_days__range=(1, MOST_DAYS)), name="mail_wait_is_sound"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to")),
                name="mail_quiet_hours_end",
                violation_error_message=_("Say from when until when no mail goes, at two different times, or neither."),
            ),
        ]

    @property
    def quiet(self) -> Quiet | None:
        """When nobody gets a mail; None: mails go at any hour."""
        if self.quiet_from is None and not self.quiet_weekends:
            return None
        return Quiet(self.quiet_from or time(), self.quiet_to or time(), self.quiet_weekends)

    def __str__(self) -> str:
        return str(_("how many mails one person gets"))
