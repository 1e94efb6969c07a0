"""How long sales has for an answer, and what follows when there is none."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.models.calendars import Calendar
from leads.models import Channel
from scoring.models import Persona

# Between what nobody could keep and what is no promise.
SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=30)


class SlaPolicy(models.Model):
    """How long sales has to answer. The first active policy that matches is used; a handoff keeps its own for ever."""

    class OnBreach(models.TextChoices):
        NURTURE = "nurture", _("back to nurture")
        REASSIGN = "reassign", _("to another rep")
        ESCALATE = "escalate", _("to a manager")

    class Clock(models.TextChoices):
        ELAPSED = "elapsed", _("every hour of the day and the week")
        BUSINESS = "business", _("business hours of the calendar")

    class Priority(models.TextChoices):
        ANY = "any", _("all leads")
        FAST_TRACK = "fast_track", _("fast-track leads")
        ORDINARY = "ordinary", _("leads that are not fast-track")

    name = models.CharField(_("name"), max_length=100)
    priority = models.CharField(_("for"), max_length=10, choices=Priority, default=Priority.ANY)
    channels = models.ManyToManyField(
        Channel,
        verbose_name=_("channels"),
        blank=True,
        related_name="+",
        help_text=_("The channel through which the lead first came. Empty: every channel."),
    )
    personas = models.ManyToManyField(
        Persona,
        verbose_name=_("personas"),
        blank=True,
        related_name="+",
        help_text=_("The persona that the lead fits best. Empty: every lead."),
    )
    respond_within = models.DurationField(
        _("time to respond"),
        default=timedelta(hours=24),
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
        help_text=_("From the moment the lead was passed, on the clock chosen below: 15 min, 4 h or 1 h 30 min."),
    )
    clock = models.CharField(_("clock"), max_length=8, choices=Clock, default=Clock.ELAPSED)
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        verbose_name=_("calendar"),
        null=True,
        blank=True,
        related_name="policies",
        help_text=_("Whose hours count. Only needed for business hours."),
    )
    on_breach = models.CharField(_("when nobody answers"), max_length=10, choices=OnBreach, default=OnBreach.NURTURE)
    escalate_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("manager"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who gets the lead then. Empty: the sales manager with the fewest."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(respond_within__range=(SHORTEST, LONGEST)), name="sla_time_to_respond_is_sound"
            ),
            models.CheckConstraint(
                condition=~Q(clock="business") | Q(calendar__isnull=False),
                name="sla_business_has_calendar",
                violation_error_message=_("Choose the calendar whose business hours count."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
