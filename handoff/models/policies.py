"""What people configure: why a lead can be returned, how long sales has, who takes how many."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


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
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, help_text=_("What a report blames."))
    next_step = models.CharField(_("then"), max_length=10, choices=NextStep)
    needs_text = models.BooleanField(_("needs words"), default=False, help_text=_("The rep has to say more."))
    rest_days = models.PositiveSmallIntegerField(
        _("rests for days"), default=30, help_text=_("So long the lead is not passed to sales again.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason")
        ordering = ("outcome", "position", "pk")

    def __str__(self) -> str:
        return self.name


class SlaPolicy(models.Model):
    """How long sales has to answer. The first active policy is used; a handoff keeps the one it started with."""

    class OnBreach(models.TextChoices):
        NURTURE = "nurture", _("back to nurture")

    name = models.CharField(_("name"), max_length=100)
    hours = models.PositiveSmallIntegerField(
        _("hours to respond"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("Elapsed hours from the moment the lead was passed."),
    )
    on_breach = models.CharField(_("when nobody answers"), max_length=10, choices=OnBreach, default=OnBreach.NURTURE)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ("position", "pk")
        constraints = [models.CheckConstraint(condition=models.Q(hours__gte=1), name="sla_hours_positive")]

    def __str__(self) -> str:
        return self.name

    def respond_by(self, passed_at: datetime) -> datetime:
        """The deadline: elapsed hours, counted in UTC, so that a day with a clock change still has 24."""
        return passed_at.astimezone(UTC) + timedelta(hours=self.hours)


class Rep(models.Model):
    """A person who takes leads: how many at a time, and whether they are in."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), primary_key=True, related_name="rep"
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Open leads the person can work on at a time; load is compared in proportion to it."),
    )
    away_until = models.DateTimeField(
        _("away until"), null=True, blank=True, help_text=_("Until then no lead is passed to them. Empty: in.")
    )

    class Meta:
        verbose_name = _("rep")
        ordering = ("user__name", "pk")
        constraints = [models.CheckConstraint(condition=models.Q(capacity__gte=1), name="rep_capacity_positive")]

    def __str__(self) -> str:
        return str(self.user)


class BacklogPolicy(models.Model):
    """How many of the leads that only other criteria made qualify are passed a day. One row, whose key is 1.

    The row is also the lock of who passes from the backlog: two at once count one after the other.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    per_day = models.PositiveSmallIntegerField(
        _("passed a day"),
        default=20,
        validators=[MaxValueValidator(1000)],
        help_text=_(
            "Leads that already were here when other criteria came into force and qualify by these are passed at most "
            "so many a day, fast track and highest scores first. 0: none, until somebody decides. A lead that does "
            "something new that scores does not wait."
        ),
    )

    class Meta:
        verbose_name = _("pace after a publication")
        verbose_name_plural = _("pace after a publication")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="backlog_policy_is_one")]

    def __str__(self) -> str:
        return str(_("%(count)d leads a day") % {"count": self.per_day})
