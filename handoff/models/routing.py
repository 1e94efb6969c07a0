"""Who takes leads, when they are out, and which leads go to whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models import Channel


class Rep(models.Model):
    """A person who takes leads: how many at a time, and how large a share."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), primary_key=True, related_name="rep"
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Open leads the person can work on at a time; load is compared in proportion to it."),
    )
    weight = models.PositiveSmallIntegerField(
        _("share in per cent"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("100 is a full share of new leads; 50 is half as many, such as for somebody who is new."),
    )
    # Who began lately is not given at once whatever the others have in advance.
    takes_leads_since = models.DateTimeField(_("takes leads since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rep")
        ordering = ("user__name", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="rep_capacity_positive"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="rep_weight_positive"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Absence(models.Model):
    """A time in which a rep is out: no lead is passed to them."""

    rep = models.ForeignKey(Rep, models.CASCADE, verbose_name=_("rep"), related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        ordering = ("starts_at", "pk")
        # Routing: who is out now, and who came back lately.
        indexes = [models.Index(fields=["ends_at", "rep"], name="absence_ends")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_start",
                violation_error_message=_("An absence has to end after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.rep} {self.starts_at:%Y-%m-%d} - {self.ends_at:%Y-%m-%d}"


class RoutingRule(models.Model):
    """Which leads go to which reps. The first rule in use that matches holds; every condition left empty matches."""

    name = models.CharField(_("name"), max_length=100, help_text=_("As the person who gets the lead reads it."))
    position = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))
    is_active = models.BooleanField(_("in use"), default=True)
    countries = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("countries"),
        default=list,
        blank=True,
        help_text=_("Of the lead, else of its company: two letters each, such as PT, ES."),
    )
    industries = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("industries"),
        default=list,
        blank=True,
        help_text=_("Of the company, whatever the case of the letters."),
    )
    least_employees = models.PositiveIntegerField(_("employees from"), null=True, blank=True)
    most_employees = models.PositiveIntegerField(_("employees to"), null=True, blank=True)
    channels = models.ManyToManyField(
        Channel,
        verbose_name=_("channels"),
        blank=True,
        related_name="+",
        help_text=_("The channel through which the lead first came."),
    )
    to_owner = models.BooleanField(
        _("to the owner of the company"),
        default=False,
        help_text=_(
            "When the owner is in, else to the reps below, if any are named. A lead whose company has no owner does "
            "not match."
        ),
    )
    reps = models.ManyToManyField(
        Rep,
        verbose_name=_("reps"),
        blank=True,
        related_name="rules",
        help_text=_("The least loaded of those who are in gets the lead. Empty: of all."),
    )
    is_shared = models.BooleanField(
        _("anybody may take it"),
        default=False,
        help_text=_("Every rep sees the lead, and the first to accept has it; until then it is the chosen rep's."),
    )

    class Meta:
        verbose_name = _("routing rule")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(least_employees=None)
                | Q(most_employees=None)
                | Q(least_employees__lte=F("most_employees")),
                name="routing_size_in_order",
                violation_error_message=_("The smaller number of employees comes first."),
            )
        ]

    def __str__(self) -> str:
        return self.name
