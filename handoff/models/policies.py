"""What people configure: why a lead can be returned, how long sales has, how leads reach sales."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.models.calendars import Calendar
from leads.models import Channel
from lib.singleton import Singleton
from scoring.models import Persona


class Reason(models.Model):
    """Why a lead was rejected, disqualified or recycled. Only definitional and after-contact ones feed the criteria."""

    class Kind(models.TextChoices):
        PROCEDURAL = "procedural", _("procedural: it came to the wrong place")
        CLERICAL = "clerical", _("clerical: the record is incomplete or wrong")
        DEFINITIONAL = "definitional", _("definitional: it does not meet the agreement")
        AFTER_CONTACT = "after_contact", _("after contact: we talked")

    class Outcome(models.TextChoices):
        REJECT = "reject", _("reject, before contact")
        DISQUALIFY = "disqualify", _("disqualify, after contact")
        RECYCLE = "recycle", _("recycle to nurture")

    class NextStep(models.TextChoices):
        NURTURE = "nurture", _("back to nurture")
        FIX_DATA = "fix_data", _("fix the data")
        REROUTE = "reroute", _("route again")
        CLOSE = "close", _("close")

    key = models.CharField(_("key"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100, help_text=_("As it reads in the list a rep chooses from."))
    outcome = models.CharField(_("used to"), max_length=12, choices=Outcome)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, help_text=_("How the report on reasons groups it."))
    next_step = models.CharField(_("then"), max_length=10, choices=NextStep)
    needs_text = models.BooleanField(_("needs words"), default=False, help_text=_("The rep has to say more."))
    rest_days = models.PositiveSmallIntegerField(
        _("days of rest"), default=30, help_text=_("How many days the lead is not passed to sales again.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason")
        ordering = ("outcome", "position", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def stops_contact(self) -> bool:
        """Whether the person asked to be left alone; it is one of the reasons every installation has."""
        return self.key == "do_not_contact"


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
    hours = models.PositiveSmallIntegerField(
        _("hours to respond"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("From the moment the lead was passed, on the clock chosen below."),
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
            models.CheckConstraint(condition=Q(hours__gte=1), name="sla_hours_positive"),
            models.CheckConstraint(
                condition=~Q(clock="business") | Q(calendar__isnull=False),
                name="sla_business_has_calendar",
                violation_error_message=_("Choose the calendar whose business hours count."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
    check_hours = models.PositiveSmallIntegerField(
        _("hours to check"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("What marketing promises; a lead passed later counts as passed late."),
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

    class Meta:
        verbose_name = _("rules for passing leads to sales")
        verbose_name_plural = _("rules for passing leads to sales")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="pass_policy_is_one")]

    def __str__(self) -> str:
        return str(_("how leads are passed to sales"))


class BacklogPolicy(Singleton):
    """How many of the leads that only other criteria made qualify are passed a day.

    The row is also the lock of who passes from the backlog: two at once count one after the other.
    """

    per_day = models.PositiveSmallIntegerField(
        _("passed a day"),
        default=20,
        validators=[MaxValueValidator(1000)],
        help_text=_(
            "How many of the leads that qualify only because other criteria came into force are passed a day, fast "
            "track and highest scores first. 0: none, until somebody decides. A lead that does something new that "
            "scores does not wait."
        ),
    )

    class Meta:
        verbose_name = _("daily limit after new criteria")
        verbose_name_plural = _("daily limit after new criteria")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="backlog_policy_is_one")]

    def __str__(self) -> str:
        return str(_("%(count)d leads a day") % {"count": self.per_day})
